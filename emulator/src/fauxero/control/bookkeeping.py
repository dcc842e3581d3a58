"""Looking into an organisation's books in ways Xero's API does not offer: its tax return, its
bank statement lines, and switching its reminders."""

from __future__ import annotations

from datetime import date
from typing import Any

from fauxero.accounting import emails, fields, statement
from fauxero.accounting.resource import NotFound, RequestRefused
from fauxero.accounting.tax_return import ReturnRefused, tax_return
from fauxero.control.arguments import BadArguments, Command, Missing, flag, host, only, text
from fauxero.http import codec

NOTICE = "Figures of fauxero's own. Xero has no such API."


def show_tax_return(command: Command) -> Any:
    """`from`, `to`, and `basis` (ACCRUAL or CASH; the organisation's own when left out)."""
    given = command.arguments
    only(given, "from", "to", "basis")
    found = host(command.world, {"organisation": command.word})
    basis = text(given, "basis") if "basis" in given else None
    try:
        made = tax_return(found.books, _day(given, "from"), _day(given, "to"), basis=basis)
    except ReturnRefused as error:
        raise BadArguments(str(error)) from None
    return {
        "notice": NOTICE,
        "country": made.country,
        "basis": made.basis,
        "from": made.first.isoformat(),
        "to": made.last.isoformat(),
        "boxes": codec.plain(made.boxes),
        "exact": codec.plain(made.exact),
        "outside": codec.plain(made.outside),
        "not_derived": list(made.not_derived),
    }


def _day(given: Any, name: str) -> date:
    found = fields.parse_day(text(given, name))
    if found is None:
        raise BadArguments(f"{name}: a day is needed, e.g. 2026-03-31")
    return found


def show_statement_lines(command: Command) -> Any:
    only(command.arguments, "account_code")
    found = host(command.world, {"organisation": command.word})
    code = command.arguments.get("account_code")
    try:
        return codec.plain(statement.statement_lines(found.books, account_code=code))
    except NotFound as error:
        raise Missing(str(error)) from None
    except RequestRefused as error:
        raise BadArguments(str(error)) from None


def set_reminders(command: Command) -> Any:
    """`enabled`, and `days` after the due date (7, 14, 21 by default)."""
    only(command.arguments, "enabled", "days")
    found = host(command.world, {"organisation": command.word})
    days = command.arguments.get("days")
    if days is not None and not (
        isinstance(days, list) and all(type(day) is int and day >= 0 for day in days)
    ):
        raise BadArguments("days: a list of whole numbers is needed")
    enabled = flag(command.arguments, "enabled")
    emails.set_reminders(found.books, enabled=enabled, days=tuple(days) if days else None)
    organisation = found.books.organisation
    return {"enabled": organisation.reminders_on, "days": list(organisation.reminder_days)}
