"""The words on our documents in the books, and what Xero's fields make of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from unitledger.core.billing import ChargeType, Invoice, InvoiceLine, Payment
from unitledger.core.dates import period
from unitledger.core.mapping import ReferenceStyle

# Xero: documented, Contacts and Invoices pages.
NAME_MAX = 255
ACCOUNT_NUMBER_MAX = 50
NUMBER_MAX = 255
REFERENCE_MAX = 255
DESCRIPTION_MAX = 4000
EMAIL_MAX = 255
PHONE_MAX = 50
PAYER_MAX = 60  # ours: room for the token, and for what a bank shows

SEPARATOR = " · "

_CHARGE_WORDS = {
    ChargeType.RENT: "Rent",
    ChargeType.INSURANCE: "Insurance",
    ChargeType.MERCHANDISE: "Merchandise",
    ChargeType.FEE: "Fee",
    ChargeType.SERVICE: "Service",
    ChargeType.LATE_FEE: "Late fee",
    ChargeType.RESERVATION_FEE: "Reservation fee",
    ChargeType.DEPOSIT: "Deposit",
    ChargeType.DISCOUNT: "Discount",
    ChargeType.OTHER: "Other charge",
}
# What a unit is let for; a lock sold on the same invoice does not belong to the unit.
_OF_THE_UNIT = frozenset({ChargeType.RENT, ChargeType.INSURANCE, ChargeType.DEPOSIT})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]{1,255}")


def charge_words(line: InvoiceLine) -> str:
    """A charge as a problem names it: with its own code where the source gives one."""
    words = _CHARGE_WORDS[line.charge_type].lower()
    return f"{words} ({line.charge_code})" if line.charge_code else words


def charge_type_words(charge_type: ChargeType) -> str:
    return _CHARGE_WORDS[charge_type].lower()


def one_line(text: str) -> str:
    """The text without control characters and without leading, trailing, repeated spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def contact_name(name: str) -> str:
    """A name as Xero accepts one: no angle brackets, no spare spaces.

    Xero: documented, Contacts page. It may still be too long, or nothing at all.
    """
    return one_line(name.replace("<", "(").replace(">", ")"))


def name_key(name: str) -> str:
    """Equal for names that Xero holds to be the same: it ignores case."""
    return contact_name(name).casefold()


def shortened(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def is_invoice_number(number: str) -> bool:
    """Xero: documented, Invoices page: printable ASCII, at most 255. Spaces at the ends
    would be lost, and with them the handle."""
    return bool(_PRINTABLE_ASCII.fullmatch(number)) and number == number.strip()


def is_email(text: str) -> bool:
    """Whether Xero would take it (documented, Contacts page: a valid address, at most 255)."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def invoice_reference(
    invoice: Invoice, *, style: ReferenceStyle = ReferenceStyle.UNIT_PERIOD
) -> str:
    """The unit, the period and the source's own reference: `B114 · 1–31 Mar 2026`."""
    units, own = ", ".join(_units(invoice)), one_line(invoice.reference or "")
    parts = {
        ReferenceStyle.UNIT_PERIOD: (units, _span(invoice.lines), own),
        ReferenceStyle.UNIT: (units,),
        ReferenceStyle.SOURCE: (own,),
    }[style]
    return shortened(_joined(parts), REFERENCE_MAX)


def line_description(line: InvoiceLine, *, place_unit: str | None) -> str:
    """What the charge is for, its unit and period: `Rent unit B114, 1–31 Mar 2026`."""
    words = one_line(line.description) or _CHARGE_WORDS[line.charge_type]
    unit = line.unit or (place_unit if line.charge_type in _OF_THE_UNIT else None)
    if unit and not re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", words, re.IGNORECASE):
        words = f"{words} unit {unit}"
    span = _span((line,))
    return f"{words}, {span}" if span and span not in words else words


def payment_text(payment: Payment, *, payer: str | None = None) -> str:
    """What people look for on a payment, receipt, unit and name: `R20931 B114 Ada Marsh`."""
    number = payment.number or payment.reference or payment.key.value
    name = payer and shortened(contact_name(payer), PAYER_MAX)
    return " ".join(one_line(part) for part in (number, payment.place.unit, name) if part)


def _units(invoice: Invoice) -> Iterable[str]:
    units = (line.unit for line in invoice.lines)
    return dict.fromkeys(unit for unit in (invoice.place.unit, *units) if unit)


def _span(lines: Sequence[InvoiceLine]) -> str:
    """The period the lines cover together; nothing where none of them has one."""
    starts = [line.period_start_on for line in lines if line.period_start_on]
    ends = [line.period_end_on for line in lines if line.period_end_on]
    return period(min(starts), max(ends)) if starts and ends else ""


def _joined(parts: Iterable[str]) -> str:
    """The parts that say something, each once."""
    return SEPARATOR.join(dict.fromkeys(part for part in parts if part))
