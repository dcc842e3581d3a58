"""Problems: values about the operator's data or mapping, collected, never raised.

Each names what is wrong in a sentence, who acts next, and how. A code is stored with the
document; the sentence is made from the facts, so that it reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Actor(StrEnum):
    NOBODY = "nobody"
    US = "us"
    PERSON = "person"


class ProblemCode(StrEnum):
    NOT_CONNECTED = "not_connected"
    NO_MAPPING = "no_mapping"
    NO_ACCOUNT_FOR_CHARGE = "no_account_for_charge"
    ACCOUNT_GONE = "account_gone"
    ACCOUNT_NOT_FOR_LINES = "account_not_for_lines"
    NO_TAX_RATE = "no_tax_rate"
    TAX_RATE_GONE = "tax_rate_gone"
    TAX_RATE_UNFIT = "tax_rate_unfit"
    TAX_PERCENT_DIFFERS = "tax_percent_differs"
    PRICES_DIFFER = "prices_differ"
    METHOD_NOT_POSTED = "method_not_posted"
    NO_PAID_TO_ACCOUNT = "no_paid_to_account"
    PAID_TO_ACCOUNT_UNFIT = "paid_to_account_unfit"
    OPTION_GONE = "option_gone"
    CURRENCY_DIFFERS = "currency_differs"
    TOTAL_DIFFERS = "total_differs"
    TOTAL_NOT_POSITIVE = "total_not_positive"
    TAX_DIFFERS = "tax_differs"
    AMOUNT_UNFIT = "amount_unfit"
    NUMBER_UNFIT = "number_unfit"
    NAME_UNFIT = "name_unfit"
    NAME_TAKEN = "name_taken"
    ROUNDING_UNFIT = "rounding_unfit"
    PERIOD_LOCKED = "period_locked"
    TENANT_UNKNOWN = "tenant_unknown"
    INVOICE_UNKNOWN = "invoice_unknown"
    PAYMENT_UNALLOCATED = "payment_unallocated"
    PAYMENT_OVERALLOCATED = "payment_overallocated"
    PAYMENT_NOT_POSITIVE = "payment_not_positive"
    CONTACT_WAITS = "contact_waits"
    INVOICE_WAITS = "invoice_waits"
    EXISTS_NOT_OURS = "exists_not_ours"
    REFUSED_BY_BOOKS = "refused_by_books"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNKNOWN_THRICE = "unknown_thrice"
    PAID_IN_BOOKS = "paid_in_books"
    RECONCILED_IN_BOOKS = "reconciled_in_books"
    EDITED_IN_BOOKS = "edited_in_books"
    VOIDED_IN_BOOKS = "voided_in_books"
    ARCHIVED_IN_BOOKS = "archived_in_books"
    DRAFT_IN_BOOKS = "draft_in_books"
    SKIPPED = "skipped"
    HANDLED_IN_BOOKS = "handled_in_books"
    KEPT_AS_IN_BOOKS = "kept_as_in_books"
    UNLINKED = "unlinked"
    NEEDED_IS_LEFT_OUT = "needed_is_left_out"
    BRAKE_HELD = "brake_held"
    CHANGE_DECLINED = "change_declined"
    UNDONE = "undone"
    BEFORE_START = "before_start"
    DAY_LIMIT = "day_limit"
    CONNECTION_LOST = "connection_lost"
    OTHER_ORGANISATION = "other_organisation"


@dataclass(frozen=True, slots=True)
class _Wording:
    sentence: str
    actor: Actor
    remedy: str


_WORDINGS: Mapping[ProblemCode, _Wording] = {
    ProblemCode.NOT_CONNECTED: _Wording(
        "{location} is not connected to an organisation.",
        Actor.PERSON,
        "Connect to Xero and route the location to the organisation.",
    ),
    ProblemCode.NO_MAPPING: _Wording(
        "Nothing is mapped for {organisation} yet.",
        Actor.PERSON,
        "Map charges, tax rates and paid-to accounts, then sync again.",
    ),
    ProblemCode.NO_ACCOUNT_FOR_CHARGE: _Wording(
        "No account is chosen for {charge} at {location}.",
        Actor.PERSON,
        "Choose an account for this charge, or a default account.",
    ),
    ProblemCode.ACCOUNT_GONE: _Wording(
        "Account {account}, chosen for {charge}, is archived or no longer in Xero.",
        Actor.PERSON,
        "Choose another account for this charge, or restore it in Xero.",
    ),
    ProblemCode.ACCOUNT_NOT_FOR_LINES: _Wording(
        "Account {account}, chosen for {charge}, cannot be used on an invoice line.",
        Actor.PERSON,
        "Choose an account with a code that is neither a bank nor a system account.",
    ),
    ProblemCode.NO_TAX_RATE: _Wording(
        "No tax rate is chosen for {charge} at {percent} %.",
        Actor.PERSON,
        "Choose a tax rate for this charge.",
    ),
    ProblemCode.TAX_RATE_GONE: _Wording(
        "Tax rate {tax_type}, chosen for {charge}, is no longer active in Xero.",
        Actor.PERSON,
        "Choose another tax rate for this charge.",
    ),
    ProblemCode.TAX_RATE_UNFIT: _Wording(
        "Tax rate {tax_type} cannot be used with account {account}.",
        Actor.PERSON,
        "Choose a tax rate that Xero allows for this account.",
    ),
    ProblemCode.TAX_PERCENT_DIFFERS: _Wording(
        "The source charges {percent} % on {charge}; the chosen rate {tax_type} is {rate} %.",
        Actor.PERSON,
        "Choose the rate with the same percentage.",
    ),
    ProblemCode.PRICES_DIFFER: _Wording(
        "The source prices it {stated}; {location} is set to be priced {expected}.",
        Actor.PERSON,
        "Correct the record at its source, or how the location prices under Taxes.",
    ),
    ProblemCode.METHOD_NOT_POSTED: _Wording(
        "Payments by {method} are entered in Xero by hand.",
        Actor.NOBODY,
        "Nothing to do; choose a paid-to account for {method} to have them sent.",
    ),
    ProblemCode.NO_PAID_TO_ACCOUNT: _Wording(
        "No paid-to account is chosen for {method}.",
        Actor.PERSON,
        "Choose a paid-to account for this payment method, or a default.",
    ),
    ProblemCode.PAID_TO_ACCOUNT_UNFIT: _Wording(
        "Account {account}, chosen for {method}, is archived or does not take payments.",
        Actor.PERSON,
        "Choose a bank account or one with payments enabled.",
    ),
    ProblemCode.OPTION_GONE: _Wording(
        "{category} has no active option {option} in Xero.",
        Actor.PERSON,
        "Create the option in Xero or map the value to another one.",
    ),
    ProblemCode.CURRENCY_DIFFERS: _Wording(
        "The record is in {currency}; the books are in {books_currency}.",
        Actor.PERSON,
        "Route the location to an organisation in {currency}.",
    ),
    ProblemCode.TOTAL_DIFFERS: _Wording(
        "The source says {total}; Xero would compute {computed}.",
        Actor.PERSON,
        "Correct the record at its source, or allow a rounding line.",
    ),
    ProblemCode.TOTAL_NOT_POSITIVE: _Wording(
        "An invoice of {total} cannot be an invoice in Xero.",
        Actor.PERSON,
        "Record it at the source as a credit note; skip it where it comes to nothing.",
    ),
    ProblemCode.TAX_DIFFERS: _Wording(
        "The source says {tax} of tax on {charge}; Xero would compute {computed}.",
        Actor.PERSON,
        "Correct the tax at the source, or choose the rate it was computed with.",
    ),
    ProblemCode.AMOUNT_UNFIT: _Wording(
        "Xero cannot hold {amount} as the amount of {charge}.",
        Actor.PERSON,
        "Correct the amount at the source: whole cents, at most ten digits before the point.",
    ),
    ProblemCode.NUMBER_UNFIT: _Wording(
        "{number} cannot be an invoice number in Xero.",
        Actor.PERSON,
        "Use 1 to 255 plain letters, digits and signs, without spaces at the ends.",
    ),
    ProblemCode.NAME_UNFIT: _Wording(
        "Tenant {number} has no name that Xero can hold.",
        Actor.PERSON,
        "Give the tenant a name at the source.",
    ),
    ProblemCode.NAME_TAKEN: _Wording(
        "Another tenant is called {name} too, even with the tenant's number.",
        Actor.PERSON,
        "Give one of the two another name or number at the source.",
    ),
    ProblemCode.ROUNDING_UNFIT: _Wording(
        "Account {account} with tax rate {tax_type} cannot take a rounding line.",
        Actor.PERSON,
        "Choose an ordinary active account and an active rate of 0 % for rounding.",
    ),
    ProblemCode.PERIOD_LOCKED: _Wording(
        "{day} is in a locked period (locked to {locked_to}).",
        Actor.PERSON,
        "Move the lock date in Xero, or book it by hand and mark it as handled in Xero.",
    ),
    ProblemCode.TENANT_UNKNOWN: _Wording(
        "The tenant {tenant} has not arrived.", Actor.PERSON, "Import the tenant."
    ),
    ProblemCode.INVOICE_UNKNOWN: _Wording(
        "Invoice {invoice}, which this payment settles, has not arrived.",
        Actor.PERSON,
        "Import the invoice, or correct its number on the payment.",
    ),
    ProblemCode.PAYMENT_UNALLOCATED: _Wording(
        "{amount} of this payment settles no invoice.",
        Actor.PERSON,
        "Allocate the payment at its source.",
    ),
    ProblemCode.PAYMENT_OVERALLOCATED: _Wording(
        "This payment settles {allocated}, more than the {amount} paid.",
        Actor.PERSON,
        "Correct the payment's allocations at its source.",
    ),
    ProblemCode.PAYMENT_NOT_POSITIVE: _Wording(
        "A payment of {amount} cannot be a payment in Xero.",
        Actor.PERSON,
        "Record it at the source as a refund.",
    ),
    ProblemCode.CONTACT_WAITS: _Wording(
        "Waits for its contact {contact}.", Actor.US, "Goes by itself when the contact is in Xero."
    ),
    ProblemCode.INVOICE_WAITS: _Wording(
        "Waits for invoice {invoice}.", Actor.US, "Goes by itself when the invoice is in Xero."
    ),
    ProblemCode.EXISTS_NOT_OURS: _Wording(
        "{what} exists in Xero, not ours.",
        Actor.PERSON,
        "Link it to this record, or rename one of the two.",
    ),
    ProblemCode.REFUSED_BY_BOOKS: _Wording(
        "Xero refused it: {messages}", Actor.PERSON, "Correct what Xero names, then sync again."
    ),
    ProblemCode.OUTCOME_UNKNOWN: _Wording(
        "Xero gave no answer; settled by {settled_by}.", Actor.US, "We look before we send again."
    ),
    ProblemCode.UNKNOWN_THRICE: _Wording(
        "Sent three times without an answer, and each time not found in Xero.",
        Actor.PERSON,
        "Look in Xero, then sync the record again.",
    ),
    ProblemCode.PAID_IN_BOOKS: _Wording(
        "It has payments in Xero and can no longer be changed.",
        Actor.PERSON,
        "Remove the payments in Xero, or correct it with a credit note.",
    ),
    ProblemCode.RECONCILED_IN_BOOKS: _Wording(
        "The payment is reconciled with a bank line in Xero.",
        Actor.PERSON,
        "Undo the reconciliation in Xero, or keep Xero's copy.",
    ),
    ProblemCode.EDITED_IN_BOOKS: _Wording(
        "It was changed in Xero since we wrote it: {differences}.",
        Actor.PERSON,
        "Keep Xero's copy, or write ours again.",
    ),
    ProblemCode.VOIDED_IN_BOOKS: _Wording(
        "It was voided or deleted in Xero.",
        Actor.PERSON,
        "Void it at the source too, record it anew there, or keep Xero's copy.",
    ),
    ProblemCode.DRAFT_IN_BOOKS: _Wording(
        "It is in Xero as draft, not in the books.", Actor.PERSON, "Approve the draft in Xero."
    ),
    ProblemCode.SKIPPED: _Wording(
        "{who} skipped it: {reason}", Actor.NOBODY, "Take it up again to send it."
    ),
    ProblemCode.HANDLED_IN_BOOKS: _Wording(
        "{who} says it is handled in Xero: {reason}",
        Actor.NOBODY,
        "Take it up again to send it from here.",
    ),
    ProblemCode.KEPT_AS_IN_BOOKS: _Wording(
        "{who} kept Xero's copy: {reason}", Actor.NOBODY, "Take it up again to compare anew."
    ),
    ProblemCode.UNLINKED: _Wording(
        "{who} unlinked it from what Xero holds: {reason}",
        Actor.PERSON,
        "Link it to the right one, skip it, or ReSync to send it.",
    ),
    ProblemCode.NEEDED_IS_LEFT_OUT: _Wording(
        "It hangs on {what}, which a person skipped or handled in Xero.",
        Actor.PERSON,
        "Skip this one too, mark it as handled in Xero, or take {what} up again.",
    ),
    ProblemCode.ARCHIVED_IN_BOOKS: _Wording(
        "The contact {contact} is archived in Xero.", Actor.PERSON, "Restore the contact in Xero."
    ),
    ProblemCode.BRAKE_HELD: _Wording(
        "The plan {what}, more than is done without a person ({limit}).",
        Actor.PERSON,
        "Look at the plan and approve it.",
    ),
    ProblemCode.CHANGE_DECLINED: _Wording(
        "{by} declined to change it in Xero, which keeps what it held.",
        Actor.PERSON,
        "Correct the record at its source, or ask for it again.",
    ),
    ProblemCode.UNDONE: _Wording(
        "Sync run {run}, which wrote it, was undone by {by}.",
        Actor.NOBODY,
        "Nothing to do; take the record up again to send it once more.",
    ),
    ProblemCode.BEFORE_START: _Wording(
        "It is dated before the start date {start_on}.",
        Actor.NOBODY,
        "Nothing to do; move the start date to take it in.",
    ),
    ProblemCode.DAY_LIMIT: _Wording(
        "Xero's limit for the day is used up; goes on at {resumes_at}.",
        Actor.US,
        "Goes by itself.",
    ),
    ProblemCode.CONNECTION_LOST: _Wording(
        "Xero no longer accepts our permission.", Actor.PERSON, "Reconnect to Xero."
    ),
    ProblemCode.OTHER_ORGANISATION: _Wording(
        "It belongs to an organisation that is no longer connected.",
        Actor.PERSON,
        "Reconnect that organisation, or leave the record as it is.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a record is not in the books as wanted."""

    code: ProblemCode
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: ProblemCode, **facts: object) -> Problem:
        return cls(code=code, facts=tuple((name, str(value)) for name, value in facts.items()))

    @property
    def sentence(self) -> str:
        return _WORDINGS[self.code].sentence.format_map(_Facts(self.facts))

    @property
    def actor(self) -> Actor:
        return _WORDINGS[self.code].actor

    @property
    def remedy(self) -> str:
        return _WORDINGS[self.code].remedy.format_map(_Facts(self.facts))


class _Facts(dict[str, str]):
    """A fact the problem was not given reads as an ellipsis rather than failing the page."""

    def __missing__(self, name: str) -> str:
        return "…"
