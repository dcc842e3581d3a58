"""How money and days are written for the people of an operator. The words are English."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from unitledger.core.locales import DEFAULT, LOCALES

_SYMBOLS: Mapping[str, str] = {
    "GBP": "£", "EUR": "€", "USD": "$", "AUD": "A$", "NZD": "NZ$", "CAD": "CA$",
}  # fmt: skip
# Where people say dollar and mean their own.
_DOLLARS: Mapping[str, str] = {"en-CA": "CAD", "en-AU": "AUD", "en-NZ": "NZD"}
_MONTH_FIRST = frozenset({"en-US"})
_TURNED: Mapping[str, str] = {
    "j F Y": "F j, Y",
    "j F": "F j",
    "j M Y": "M j, Y",
    "j M": "M j",
    "j M H:i": "M j H:i",
}
# Of the operator whose person is answered; set once a request.
_current: ContextVar[str] = ContextVar("locale", default=DEFAULT)


def write_as(locale: str | None) -> str:
    """From here on, as people of that locale write; what is not known as the default's."""
    chosen = locale if locale is not None and locale in LOCALES else DEFAULT
    _current.set(chosen)
    return chosen


def symbol(currency: str | None) -> str:
    """What stands before an amount; a currency without a symbol by its code."""
    if not currency:
        return ""
    own = _DOLLARS.get(_current.get())
    if own is not None and currency in (own, "USD"):
        return "$" if currency == own else "US$"
    return _SYMBOLS.get(currency, f"{currency} ")


def day_format(pattern: str) -> str:
    """A pattern of Django's date filter, in the order in which the locale says a day."""
    return _TURNED.get(pattern, pattern) if _current.get() in _MONTH_FIRST else pattern
