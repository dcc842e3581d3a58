"""What stands in an organisation besides its documents: repeating invoices, credit notes,
reminders, branding themes and their payment services. Pure. All raise UnexpectedAnswer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unitledger.books.xero.wire import (
    Row,
    UnexpectedAnswer,
    day,
    money,
    nested,
    required_id,
    required_money,
    required_text,
    rows,
    text,
)
from unitledger.core.exchange import CreditHeld, RepeatingInvoice, Theme

_GONE = ("VOIDED", "DELETED")


def read_repeating(data: Any) -> Sequence[RepeatingInvoice]:
    """The sales ones that will raise invoices. Xero: documented: a template that works is
    AUTHORISED where it approves what it raises and DRAFT where it does not; both raise."""
    return tuple(
        _repeating(row)
        for row in rows(data, "RepeatingInvoices")
        if text(row, "Type") == "ACCREC" and text(row, "Status") not in _GONE
    )


def read_credits(data: Any) -> tuple[Sequence[CreditHeld], int]:
    """Those that live, and how many the page held."""
    found = rows(data, "CreditNotes")
    living = tuple(
        CreditHeld(
            number=text(row, "CreditNoteNumber"),
            contact=text(nested(row, "Contact"), "Name"),
            dated_on=day(row, "Date"),
            total=required_money(row, "Total"),
            remaining=money(row, "RemainingCredit"),
        )
        for row in found
        if required_text(row, "Status") not in _GONE
        and required_text(row, "Type") == "ACCRECCREDIT"
    )
    return living, len(found)


def read_reminders(data: Any) -> bool:
    found = rows(data, "InvoiceReminders")
    if len(found) != 1 or type(found[0].get("Enabled")) is not bool:
        raise UnexpectedAnswer(field="InvoiceReminders", found=list(found))
    return found[0]["Enabled"]


def read_themes(data: Any) -> Sequence[Theme]:
    return tuple(
        Theme(theme_id=required_id(row, "BrandingThemeID"), name=required_text(row, "Name"))
        for row in rows(data, "BrandingThemes")
    )


def read_payment_services(data: Any) -> Sequence[str]:
    return tuple(
        text(row, "PaymentServiceName") or "a payment service without a name"
        for row in rows(data, "PaymentServices")
    )


def _repeating(row: Row) -> RepeatingInvoice:
    schedule = nested(row, "Schedule")
    return RepeatingInvoice(
        contact=text(nested(row, "Contact"), "Name"),
        reference=text(row, "Reference"),
        total=money(row, "Total"),
        every=f"{schedule.get('Period', 1)} {text(schedule, 'Unit') or ''}".strip(),
        next_on=day(schedule, "NextScheduledDate"),
    )
