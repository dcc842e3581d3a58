"""What the text of a cell says: a day, an amount, yes or no. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from unitledger.core.dates import accounting_date, plain
from unitledger.core.refusals import Refusal, Rule, refuse

DAYS_KEPT_MAX = 20_000  # of a file's days, most come again and again
SHOWN_MAX = 60
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
_THOUSANDS = {
    "": "",
    ",": ",",
    ".": r"\.",
    " ": "[ \u00a0\u202f]",
    "'": "['\u2019]",
}

Read = Callable[[str, str], "date | Decimal | bool | Refusal"]


class Days:
    """Reads days in the file's forms; a text that two forms read differently is refused."""

    def __init__(self, forms: Sequence[str], *, zone: ZoneInfo) -> None:
        self._forms = tuple(forms)
        self._zone = zone
        self._kept: dict[str, date] = {}

    def __call__(self, text: str, column: str) -> date | Refusal:
        kept = self._kept.get(text)
        if kept is not None:
            return kept
        days = {day for form in self._forms if (day := self._read(text, form))}
        if len(days) > 1:
            readings = " or ".join(plain(day) for day in sorted(days))
            return refuse(Rule.DATE_AMBIGUOUS, column, value=_shown(text), readings=readings)
        if not days:
            forms = " or ".join(self._forms)
            return refuse(Rule.DATE_FORM_UNKNOWN, column, value=_shown(text), forms=forms)
        (day,) = days
        if len(self._kept) < DAYS_KEPT_MAX:
            self._kept[text] = day
        return day

    def _read(self, text: str, form: str) -> date | None:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - a day of the file's place
        except ValueError:
            return None
        return accounting_date(moment, zone=self._zone) if moment.tzinfo else moment.date()


class Numbers:
    """Reads amounts with the file's marks, exactly; no exponents, no signs of currency."""

    def __init__(self, *, decimal: str, thousands: str) -> None:
        self._decimal = decimal
        self._thousands = re.compile(_THOUSANDS[thousands]) if thousands else None
        mark = _THOUSANDS[thousands]
        grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if thousands else ""
        self._form = re.compile(rf"[+-]?(?:{grouped}[0-9]+)(?:{re.escape(decimal)}[0-9]+)?")

    def __call__(self, text: str, column: str) -> Decimal | Refusal:
        if not self._form.fullmatch(text):
            return refuse(Rule.NOT_A_NUMBER, column, value=_shown(text), decimal=self._decimal)
        if self._thousands:
            text = self._thousands.sub("", text)
        return Decimal(text if self._decimal == "." else text.replace(self._decimal, "."))


def yes_or_no(text: str, column: str) -> bool | Refusal:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    return refuse(Rule.NOT_YES_OR_NO, column, value=_shown(text))


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
