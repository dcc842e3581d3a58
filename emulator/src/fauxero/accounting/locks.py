"""Lock dates: what may no longer be posted or changed.

Xero: documented (Organisation: both dates) and reported (the two texts; voids refused in a
locked quarter). The form of the date in the text is unsure.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def lock_problem(books: Books, *days: date | None) -> str | None:
    """Return Xero's refusal if any of `days` lies on or before a lock date."""
    organisation = books.organisation
    if organisation.year_end_locked_on is None and organisation.period_locked_on is None:
        return None
    given = [day for day in days if day is not None]
    year, period = organisation.year_end_locked_on, organisation.period_locked_on
    if year is not None and any(day <= year for day in given):
        return _text("end of year", year)
    if period is not None and any(day <= period for day in given):
        return _text("period", period)
    return None


def _text(which: str, locked_on: date) -> str:
    return (
        f"The document date cannot be before the {which} lock date, "
        f"currently set at {locked_on:%d %B %Y}".replace(" 0", " ")
    )
