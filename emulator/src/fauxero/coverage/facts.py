"""What each endpoint does, and how it is known. A fact names an endpoint of the registries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Evidence(Enum):
    SPEC = "spec"  # Xero's OpenAPI description or its examples
    DOCUMENTED = "documented"  # Xero's developer pages
    RECORDED = "recorded on the wire"  # public recordings of real answers
    REPORTED = "reported"  # integrators, issues, forums
    UNSURE = "unsure"  # the safer reading was taken; some have a switch


S, D, W, R, U = Evidence


@dataclass(frozen=True, slots=True)
class Fact:
    endpoint: str
    methods: str  # with spaces between
    behaviour: str
    evidence: Evidence


def _facts(endpoint: str, *rows: tuple[str, str, Evidence]) -> tuple[Fact, ...]:
    return tuple(Fact(endpoint, *row) for row in rows)


FACTS: tuple[Fact, ...] = (
    *_facts(
        "every endpoint",
        ("GET PUT POST", "JSON and XML both ways; XML where nothing is asked for", D),
        ("GET PUT POST DELETE", "paths and keys in any case; bare object or envelope", D),
        ("GET", "`/Date(…)/` forms with their String companions; ids in lower case", W),
        ("GET", "404 as text/html, 429 with an empty body, 503 as plain text", W),
        ("GET", "where, order, page, pageSize to 1,000, id and number lists, summaryOnly", D),
        ("GET", "If-Modified-Since to the second, and the changes it does not see", D),
        ("GET", "includeArchived; unitdp=4", D),
        ("PUT POST", "summarizeErrors in both modes; status, errors and warnings by element", D),
        ("PUT POST", "a refused batch saves nothing (switch partial_save: the good ones)", R),
        ("PUT POST", "Idempotency-Key: six minutes, errors too, mismatch refused, after limits", D),
        ("PUT POST", "a second use while the first is on its way answers 500 (switch)", U),
        ("GET PUT POST DELETE", "minute, day, app and concurrent limits, with their headers", D),
        ("GET PUT POST DELETE", "the words for the concurrent and the app limit", U),
        ("GET PUT POST DELETE", "401 and 403 by cause: missing, expired, scope, connection", R),
        ("GET PUT POST DELETE", "granular scopes; the broad ones end 13 September 2027", D),
        ("PUT POST", "error bodies 10 (with its elements), 14 and 16", D),
        ("PUT POST", "bodies above 10 MB refused with 413", R),
    ),
    *_facts(
        "Organisation",
        ("GET", "settings, edition, lock dates, time zone, short code", S),
        ("GET", "a call counts as any other, and is never billed as egress", D),
    ),
    *_facts("Organisation/Actions", ("GET", "what the organisation may do, by edition", S)),
    *_facts(
        "Accounts",
        ("GET", "the chart, unpaged, by code", D),
        ("PUT POST", "one a request; unique code and name; types; bank accounts' number", D),
        ("POST", "archive; system accounts cannot be", D),
        ("DELETE", "only of unused accounts", D),
        ("DELETE", "the words of the refusals", U),
    ),
    *_facts(
        "TaxRates",
        ("GET", "system and own rates with components and what they apply to", D),
        ("PUT POST", "own rates with simple and compound components; deleted by status", D),
    ),
    *_facts(
        "TrackingCategories",
        ("GET", "with their options; archived ones on request", D),
        ("PUT POST", "two active, four in all", D),
        ("DELETE", "only of unused categories", D),
    ),
    *_facts(
        "TrackingCategories/{id}/Options",
        ("PUT POST", "names unique among active ones; archive by status", D),
        ("DELETE", "only of unused options", D),
    ),
    *_facts(
        "Items",
        ("GET", "by id or by code", D),
        ("PUT POST", "unique code of 30 characters; sales and purchase details", D),
        ("DELETE", "lines keep their own text and account", D),
    ),
    *_facts(
        "Currencies",
        ("GET", "the base currency and those added", S),
        ("PUT", "add one; multi-currency documents are refused", D),
    ),
    *_facts("BrandingThemes", ("GET", "the standard theme, and those a bookkeeper added", S)),
    *_facts("BrandingThemes/{id}/PaymentServices", ("GET", "as a bookkeeper's act made them", S)),
    *_facts("PaymentServices", ("GET", "as a bookkeeper's act made them", S)),
    *_facts("Users", ("GET", "the organisation's people", S)),
    *_facts("InvoiceReminders/Settings", ("GET", "on or off; reminders go to the outbox", S)),
    *_facts(
        "Contacts",
        ("GET", "by id or ContactNumber; searchTerm; balances on one contact", D),
        ("PUT POST", "name unique among active ones; POST matches by number or name", D),
        ("POST", "archive; an archived contact is frozen but for being un-archived by a person", D),
        ("GET", "a merged contact points to the one it went into", D),
        ("GET", "Outstanding is less unused credit (switch)", U),
        ("PUT POST", "persons, addresses, phones, terms, default accounts and tracking", S),
    ),
    *_facts(
        "ContactGroups",
        ("GET", "with their contacts on one group", S),
        ("PUT POST", "unique names; deleted by status", D),
    ),
    *_facts(
        "ContactGroups/{id}/Contacts",
        ("PUT", "add contacts", S),
        ("DELETE", "one contact, or all of them", S),
    ),
    *_facts(
        "Invoices",
        ("GET", "thin in unpaged lists, with lines in pages and alone", D),
        ("PUT", "creates; a sales number may be used once", D),
        ("POST", "creates, or updates by id or number", D),
        ("PUT POST", "totals, tax a line, inclusive and exclusive, discounts, four decimals", D),
        ("PUT POST", "half-up rounding; tax by line, totals by sum", R),
        ("PUT POST", "status machine, DRAFT to PAID, VOIDED, DELETED", D),
        ("PUT POST", "line ids: kept, changed, added, removed on update", D),
        ("POST", "after a part payment only a few fields may change", D),
        ("PUT POST", "lock dates refuse; plan caps on approvals a month", D),
        ("PUT POST", "numbers of deleted invoices stay taken (switch)", U),
        ("PUT POST", "unknown tracking is refused (switch: dropped with a warning)", U),
    ),
    *_facts("Invoices/{id}/Email", ("POST", "an act in the outbox; 204", D)),
    *_facts("Invoices/{id}/OnlineInvoice", ("GET", "an address of this fauxero", S)),
    *_facts("Invoices/{id}/pdf", ("GET", "a plain PDF, also by Accept", D)),
    *_facts("CreditNotes/{id}/pdf", ("GET", "a plain PDF, also by Accept", D)),
    *_facts("Quotes/{id}/pdf", ("GET", "a plain PDF, also by Accept", D)),
    *_facts(
        "CreditNotes",
        ("GET", "with allocations and what remains", D),
        ("PUT POST", "as invoices, the other way round; status machine", D),
        ("POST", "void of an unused one", D),
    ),
    *_facts(
        "Overpayments",
        ("GET", "with allocations and what remains; made by bank transactions or payments", D),
    ),
    *_facts("Prepayments", ("GET", "with allocations and what remains", D)),
    *(
        fact
        for kind in ("CreditNotes", "Overpayments", "Prepayments")
        for fact in _facts(
            f"{kind}/{{id}}/Allocations",
            ("PUT", "never more than remains or than is due; PAID flips", D),
            ("PUT", "the date is the later of both documents' (switch)", U),
            ("DELETE", "brings back both balances", D),
        )
    ),
    *_facts(
        "Payments",
        ("GET", "all statuses; deleted ones stay readable", D),
        ("PUT POST", "on invoices, bills, and credits paid back; account rule; never too much", D),
        ("POST", "deletion restores what is due", D),
        ("POST", "a reconciled payment is not deleted (switch)", U),
        ("POST", "one of a batch is not deleted alone", R),
        ("PUT POST", "lock dates apply to its own date (switch)", U),
    ),
    *_facts(
        "BatchPayments",
        ("GET", "with their payments", S),
        ("PUT", "one total on one bank account", D),
        ("POST", "deletion deletes each payment", D),
    ),
    *_facts(
        "BankTransactions",
        ("GET", "money received and spent, with lines in pages", D),
        ("PUT POST", "RECEIVE, SPEND; the prepayment and overpayment forms make a credit", D),
        ("POST", "deletion; not of reconciled ones", D),
    ),
    *_facts(
        "BankTransfers",
        ("GET", "with both transactions", S),
        ("PUT", "between two bank accounts of one currency", S),
        ("POST", "deletion with both sides", S),
    ),
    *_facts(
        "ManualJournals",
        ("GET", "with lines in pages", D),
        ("PUT POST", "balances with tax; not to bank or control accounts; void", D),
        ("POST", "a posted one may be changed (switch)", U),
    ),
    *_facts(
        "Journals", ("GET", "the general ledger by journal number from an offset; premium scope", D)
    ),
    *_facts("Quotes", ("GET", "all fields", S), ("PUT POST", "status machine and totals", D)),
    *_facts(
        "RepeatingInvoices",
        ("GET", "as a bookkeeper's act made them; none ever raises an invoice", S),
    ),
    *_facts("LinkedTransactions", ("GET", "as a bookkeeper's act made them", S)),
    *_facts(
        "{document}/{id}/Attachments",
        ("GET", "list, and a file by name or id", S),
        ("PUT POST", "ten files, names kept inside", D),
    ),
    *_facts(
        "{document}/{id}/History",
        ("GET", "every change, newest first", D),
        ("PUT", "notes; never unsaid", D),
    ),
    *_facts("Reports/TrialBalance", ("GET", "as at a date, accrual or cash", S)),
    *_facts(
        "Reports/ProfitAndLoss",
        ("GET", "by periods or by one or two tracking categories; accrual or cash", D),
    ),
    *_facts("Reports/BalanceSheet", ("GET", "by periods; accrual or cash", D)),
    *_facts("Reports/BankSummary", ("GET", "opening, received, spent, closing", S)),
    *_facts("Reports/AgedReceivablesByContact", ("GET", "as of a date", S)),
    *_facts("Reports/AgedPayablesByContact", ("GET", "as of a date", S)),
    *_facts("Reports/ExecutiveSummary", ("GET", "a month beside the one before", S)),
    *_facts(
        "/identity/connect/authorize",
        ("GET POST", "consent page, organisations to choose, scopes in words", D),
        ("GET POST", "state, PKCE S256, exact redirect address", D),
        ("GET POST", "access_denied, invalid_scope, unauthorized_client", R),
    ),
    *_facts(
        "/connect/token",
        ("POST", "codes of five minutes used once; 30-minute access tokens", D),
        ("POST", "refresh tokens rotate, with 30 minutes' grace; 60 days idle", D),
        ("POST", "client credentials for custom connections", D),
        ("POST", "invalid_grant as a 400", R),
    ),
    *_facts("/connect/revocation", ("POST", "ends the token and all its user's connections", D)),
    *_facts(
        "/connections",
        ("GET", "by user; authEventId filter", S),
        ("DELETE", "204; calls then answer 403", D),
    ),
    *_facts("/.well-known/openid-configuration", ("GET", "addresses and abilities", D)),
    *_facts("/.well-known/openid-configuration/jwks", ("GET", "the signing keys", D)),
    *_facts("/connect/userinfo", ("GET POST", "the claims of a token's user", D)),
    *_facts(
        "webhooks",
        ("POST", "five categories, signature, intent to receive, five seconds", D),
        ("POST", "retries every 15 minutes for 24 hours, disabling, replay in order", D),
    ),
)
