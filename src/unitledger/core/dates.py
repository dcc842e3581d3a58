"""Calendar dates of a place. A date has no zone; only an instant does."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def accounting_date(moment: datetime, *, zone: ZoneInfo) -> date:
    """The calendar day at the location when something happened.

    Computed once, when the record arrives, and stored: a later change of the zone must not
    move a posted document into another month.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a zone before it can have a calendar date")
    return moment.astimezone(zone).date()


def plain(day: date) -> str:
    """A day as people in this trade write it on a document: 1 Mar 2026."""
    return f"{day.day} {day:%b %Y}"


def period(start_on: date, end_on: date) -> str:
    """A billing period as short as it can be said: 1–31 Mar 2026."""
    if start_on == end_on:
        return plain(start_on)
    if (start_on.year, start_on.month) == (end_on.year, end_on.month):
        return f"{start_on.day}–{plain(end_on)}"
    if start_on.year == end_on.year:
        return f"{start_on.day} {start_on:%b} – {plain(end_on)}"
    return f"{plain(start_on)} – {plain(end_on)}"
