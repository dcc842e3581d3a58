"""Say how the books should hold a source record.

Pure, and never raising for bad data: every problem of a record is collected, so that the
operator sees all of them at once and mends the mapping in one sitting. Whether a document
that is already in the books needs anything is not asked here; `compare` asks it first, by
source version, so that a lock date or a new mapping never disturbs what is settled.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from unitledger.core.arithmetic import LINE_AMOUNT_MAX, ZERO, ExpectedPosting, postings
from unitledger.core.billing import Allocation, Invoice, Payment, Tenant
from unitledger.core.chart import Account, Chart
from unitledger.core.dates import plain
from unitledger.core.documents import (
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedPayment,
)
from unitledger.core.handles import contact_number, payment_reference
from unitledger.core.invoice_lines import Findings, wanted_lines
from unitledger.core.mapping import ContactField, Mapping
from unitledger.core.money import is_whole_cents
from unitledger.core.problems import Problem, ProblemCode
from unitledger.core.wording import (
    ACCOUNT_NUMBER_MAX,
    NAME_MAX,
    PHONE_MAX,
    contact_name,
    invoice_reference,
    is_email,
    is_invoice_number,
    name_key,
    one_line,
    payment_text,
    shortened,
)

W = TypeVar("W", WantedContact, WantedInvoice, WantedPayment)


@dataclass(frozen=True, slots=True)
class Translation(Generic[W]):
    """What the books should hold, or every reason why that cannot be said.

    `wanted` is None if and only if there are problems. `notes` state what was done to make
    the record fit. `total` is the record's own money, known even where `wanted` is not.
    """

    wanted: W | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    total: Decimal | None = None

    @property
    def postings_by_account(self) -> tuple[ExpectedPosting, ...]:
        return () if self.wanted is None else expected_postings(self.wanted)


def expected_postings(wanted: Wanted) -> tuple[ExpectedPosting, ...]:
    """What each account should show of an invoice; nothing for the other kinds."""
    if not isinstance(wanted, WantedInvoice):
        return ()
    return postings(wanted.lines, prices_include_tax=wanted.prices_include_tax)


def translate_tenant(
    tenant: Tenant, *, mapping: Mapping, taken_names: Container[str]
) -> Translation[WantedContact]:
    """The tenant's contact.

    `taken_names` are the `wording.name_key`s of the contacts of this operator's *other*
    tenants in the organisation. Names of contacts that are not ours do not belong in it:
    a tenant who exists in the books already is for a person to link, not to be doubled.
    """
    findings = Findings()
    name = _contact_name(tenant, taken_names=taken_names, findings=findings)
    if name is None:
        return Translation(wanted=None, problems=tuple(findings.problems))
    number = one_line(tenant.number)
    if len(number) > ACCOUNT_NUMBER_MAX:
        findings.note(f"The account number is cut to {ACCOUNT_NUMBER_MAX} characters.")
    wanted = WantedContact(
        contact_number=contact_number(prefix=mapping.contact_prefix, key=tenant.key),
        account_number=shortened(number, ACCOUNT_NUMBER_MAX),
        name=name,
        email=_email(tenant, mapping=mapping, findings=findings),
        phone=_phone(tenant, mapping=mapping, findings=findings),
    )
    return Translation(wanted=wanted, notes=tuple(findings.notes))


def translate_invoice(
    invoice: Invoice, *, mapping: Mapping, chart: Chart, url: str | None, start_on: date | None
) -> Translation[WantedInvoice]:
    """The invoice as the books should hold it, its total proven equal to the source's.

    `url` leads back to our record. A void invoice is not translated: the books should hold
    nothing for it, which `compare` is told by passing no wanted document.
    """
    if "xero" in (url or "").casefold():
        raise ValueError(f"{url}: Xero refuses links with its own name in them.")
    findings = Findings()
    if _is_before_start(invoice.issued_on, start_on, findings):
        return _blocked(findings, invoice.total)
    _check_document(invoice.issued_on, invoice.currency, chart=chart, findings=findings)
    number = f"{mapping.invoice_prefix}{invoice.number}"
    if not is_invoice_number(number):
        findings.add(ProblemCode.NUMBER_UNFIT, number=number or "Nothing")
    if invoice.total <= 0:
        findings.add(ProblemCode.TOTAL_NOT_POSITIVE, total=invoice.total)
    _check_prices(invoice, mapping=mapping, findings=findings)
    lines = wanted_lines(invoice, mapping=mapping, chart=chart, findings=findings)
    if lines is None or findings.problems:
        return _blocked(findings, invoice.total)
    wanted = WantedInvoice(
        number=number,
        contact=contact_number(prefix="", key=invoice.tenant),
        issued_on=invoice.issued_on,
        due_on=_due_on(invoice, mapping=mapping),
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        lines=lines,
        total=invoice.total,
        reference=invoice_reference(invoice, style=mapping.reference_style),
        url=url,
        status=mapping.invoice_status,
    )
    return Translation(wanted=wanted, notes=tuple(findings.notes), total=invoice.total)


def translate_payment(
    payment: Payment,
    allocation: Allocation,
    *,
    mapping: Mapping,
    chart: Chart,
    token: str,
    start_on: date | None,
    payer: str | None = None,
) -> Translation[WantedPayment]:
    """The part of a payment that settles one invoice.

    `token` is from `handles.token`; `payer` is the tenant's name, for people to read.
    """
    findings = Findings()
    if _is_before_start(payment.paid_on, start_on, findings):
        return _blocked(findings, allocation.amount)
    _check_document(payment.paid_on, payment.currency, chart=chart, findings=findings)
    if allocation.amount <= 0:
        findings.add(ProblemCode.PAYMENT_NOT_POSITIVE, amount=allocation.amount)
    elif not is_whole_cents(allocation.amount) or allocation.amount > LINE_AMOUNT_MAX:
        findings.add(ProblemCode.AMOUNT_UNFIT, amount=allocation.amount, charge="this payment")
    account = _paid_to(payment, mapping=mapping, chart=chart, findings=findings)
    if account is None or findings.problems:
        return _blocked(findings, allocation.amount)
    wanted = WantedPayment(
        account_id=account.account_id,
        paid_on=payment.paid_on,
        amount=allocation.amount,
        reference=payment_reference(text=payment_text(payment, payer=payer), token=token),
    )
    return Translation(wanted=wanted, notes=tuple(findings.notes), total=allocation.amount)


def check_allocations(payment: Payment) -> tuple[Problem, ...]:
    """Whether a payment's parts come to its amount; a record's problem, not one part's."""
    allocated = sum((each.amount for each in payment.allocations), ZERO)
    if allocated > payment.amount:
        facts = {"allocated": allocated, "amount": payment.amount}
        return (Problem.of(ProblemCode.PAYMENT_OVERALLOCATED, **facts),)
    if allocated < payment.amount:
        rest = payment.amount - allocated
        return (Problem.of(ProblemCode.PAYMENT_UNALLOCATED, amount=rest),)
    return ()


def _contact_name(tenant: Tenant, *, taken_names: Container[str], findings: Findings) -> str | None:
    cleaned = contact_name(tenant.name)
    if not cleaned:
        findings.add(ProblemCode.NAME_UNFIT, number=tenant.number)
        return None
    name = shortened(cleaned, NAME_MAX)
    if name != tenant.name:
        findings.note(f"The name is written {name!r}, as Xero requires.")
    if name_key(name) not in taken_names:
        return name
    suffix = f" ({contact_name(tenant.number)})"
    numbered = f"{shortened(cleaned, NAME_MAX - len(suffix))}{suffix}"
    if len(numbered) > NAME_MAX or name_key(numbered) in taken_names:
        findings.add(ProblemCode.NAME_TAKEN, name=cleaned)
        return None
    findings.note(f"Another tenant is called {name} too: the tenant's number is added.")
    return numbered


def _email(tenant: Tenant, *, mapping: Mapping, findings: Findings) -> str | None:
    if ContactField.EMAIL not in mapping.contact_fields or not tenant.email:
        return None
    email = one_line(tenant.email)
    # Xero refuses the whole contact for an address it cannot take.
    if not is_email(email):
        findings.note(f"The e-mail address is not sent: {email} is none Xero takes.")
        return None
    return email


def _phone(tenant: Tenant, *, mapping: Mapping, findings: Findings) -> str | None:
    if ContactField.PHONE not in mapping.contact_fields or not tenant.phone:
        return None
    phone = one_line(tenant.phone)
    if len(phone) > PHONE_MAX:
        findings.note(f"The phone number is not sent: it is longer than {PHONE_MAX} characters.")
        return None
    return phone


def _check_prices(invoice: Invoice, *, mapping: Mapping, findings: Findings) -> None:
    expected = mapping.prices_include_tax(invoice.place.location)
    if expected is not None and expected != invoice.prices_include_tax:
        words = {True: "with tax included", False: "without tax"}
        findings.add(
            ProblemCode.PRICES_DIFFER,
            location=invoice.place.location,
            stated=words[invoice.prices_include_tax],
            expected=words[expected],
        )


def _due_on(invoice: Invoice, *, mapping: Mapping) -> date:
    if mapping.due_days is None:
        return invoice.due_on
    return invoice.issued_on + timedelta(days=mapping.due_days)


def _is_before_start(day: date, start_on: date | None, findings: Findings) -> bool:
    if start_on is None or day >= start_on:
        return False
    findings.add(ProblemCode.BEFORE_START, start_on=plain(start_on))
    return True


def _check_document(day: date, currency: str, *, chart: Chart, findings: Findings) -> None:
    if currency != chart.facts.currency:
        findings.add(
            ProblemCode.CURRENCY_DIFFERS, currency=currency, books_currency=chart.facts.currency
        )
    locked_to = chart.locked_to
    if locked_to is not None and day <= locked_to:
        findings.add(ProblemCode.PERIOD_LOCKED, day=plain(day), locked_to=plain(locked_to))


def _paid_to(
    payment: Payment, *, mapping: Mapping, chart: Chart, findings: Findings
) -> Account | None:
    rule = mapping.method_rule(method=payment.method, location=payment.place.location)
    if rule is None:
        findings.add(ProblemCode.NO_PAID_TO_ACCOUNT, method=payment.method)
        return None
    if not rule.is_posted:
        findings.add(ProblemCode.METHOD_NOT_POSTED, method=payment.method)
        return None
    account = chart.account(rule.account_id)
    if account is None or not account.is_active or not account.takes_payments:
        name = account.name if account else rule.account_id
        findings.add(ProblemCode.PAID_TO_ACCOUNT_UNFIT, account=name, method=payment.method)
        return None
    return account


def _blocked(findings: Findings, total: Decimal) -> Translation[W]:
    return Translation(
        wanted=None,
        problems=tuple(findings.problems),
        notes=tuple(findings.notes),
        total=total,
    )
