"""Closing a month: two people say that both ledgers agree, and what they looked at is kept.

Closing changes nothing in Xero and stops nothing here. It keeps the month's fingerprint, so that
whatever moves in the month afterwards is seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.connections import Organisation
from unitledger.store.month_ends import MonthClose
from unitledger.store.tie_outs import TieOutResult

NAME_MAX, NOTE_MAX = 120, 1000
# Not of one document, and still a reason not to close any month.
_OF_THE_WHOLE = frozenset({"trial_balance_moved"})
_DIGEST = """
    SELECT md5(coalesce(string_agg(said, ' ' ORDER BY said), '')) FROM (
        SELECT concat_ws('|', kind, record_id, part, dated_on, amount, currency, is_wanted)
          FROM document
         WHERE operator_id = %(operator)s AND organisation_id = %(organisation)s
           AND kind IN ('invoice', 'payment')
           AND dated_on >= %(first)s::date AND dated_on < %(next)s::date
    ) AS documents (said)
"""


class NotClosable(ValueError):
    """Why the month cannot be closed, or not be reopened, in words."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a tie-out, both sides, with what differs in it."""

    first: date
    currency: str
    invoices: Mapping[str, Any]  # as `reconcile.content` lays a line out
    payments: Mapping[str, Any]
    differences: Sequence[Mapping[str, Any]]  # dated in the month, nobody accepted them
    whole: Sequence[Mapping[str, Any]]  # not of one month: receivables, an income account
    accepted: Sequence[Mapping[str, Any]]

    @property
    def last(self) -> date:
        return last_day(self.first)

    @property
    def source(self) -> Decimal:
        return Decimal(self.invoices["wanted"]["amount"])

    @property
    def books(self) -> Decimal:
        return Decimal(self.invoices["books"]["amount"])

    @property
    def difference(self) -> Decimal:
        return self.books - self.source


NO_FIGURE = {"count": 0, "amount": "0.00"}
_PARTS = ("source", "skipped", "out_of_scope", "wanted", "books", "books_others", "difference")
NO_LINE = dict.fromkeys(_PARTS, NO_FIGURE)


def after(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def last_day(first: date) -> date:
    return after(first) - timedelta(days=1)


def month_of(content: Mapping[str, Any], first: date) -> Month:
    """A month of a kept tie-out; empty where neither ledger has anything in it."""
    name = f"{first:%Y-%m}"
    line = next((each for each in content.get("by_month", ()) if each["month"] == name), {})
    differences = content["differences"]
    mine = [each for each in differences if (each["dated_on"] or "").startswith(name)]
    return Month(
        first=first,
        currency=content["currency"],
        invoices=line.get("invoices", NO_LINE),
        payments=line.get("payments", NO_LINE),
        differences=[each for each in mine if not each["accepted"]],
        whole=[
            each for each in differences if each["rule"] in _OF_THE_WHOLE and not each["accepted"]
        ],
        accepted=[each for each in mine if each["accepted"]],
    )


def obstacles(result: TieOutResult, first: date, *, today: date) -> Sequence[str]:
    """What stands in the way of closing a month with this tie-out; nothing where it can be."""
    month = month_of(result.content, first)
    name = f"{first:%B}"
    found: list[str] = []
    if month.last >= today:
        found.append(f"{name} is not over; it can be closed from {_said(after(first))} on.")
    elif result.on < month.last:
        found.append(f"The newest tie-out ends on {_said(result.on)}, before {name} does.")
    if "by_month" not in result.content:
        found.append("The newest tie-out was made before months were kept. Make a new one.")
    if count := len(month.differences):
        found.append(f"{_counted(count)} of {name} {'is' if count == 1 else 'are'} open.")
    if count := len(month.whole):
        found.append(f"{_counted(count)} of whole accounts {'is' if count == 1 else 'are'} open.")
    listed = sum(not each["accepted"] for each in result.content["differences"])
    if result.differences_count > listed:
        found.append("There are more differences than a tie-out keeps; settle the listed first.")
    return found


def fingerprint(organisation: Organisation, month: Month) -> str:
    """What the month comes to, and every document of it, as 16 hexadecimal digits.

    It holds no name of anybody, so that a tenant may be erased and it stays the same.
    """
    with database.cursor() as cursor:
        cursor.execute(
            _DIGEST,
            {
                "operator": organisation.operator_id,
                "organisation": organisation.pk,
                "first": month.first.isoformat(),
                "next": after(month.first).isoformat(),
            },
        )
        (documents,) = cursor.fetchone() or ("",)
    whole = {
        "organisation": organisation.xero_id,
        "month": month.first.isoformat(),
        "currency": month.currency,
        "invoices": {name: month.invoices[name] for name in ("wanted", "books")},
        "payments": {name: month.payments[name] for name in ("wanted", "books")},
        "documents": documents,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def close_month(
    organisation_id: int,
    first: date,
    *,
    result_id: int,
    prepared_by: str,
    reviewed_by: str,
    said: str,
    user_id: int,
    by: Actor,
    today: date,
    now: datetime,
) -> MonthClose:
    """Close it. One that stands closed is answered as it is. Raises `NotClosable`."""
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=organisation_id)
        standing = standing_close(organisation_id, first)
        if standing is not None:
            return standing
        result = TieOutResult.objects.get(id=result_id, organisation_id=organisation_id)
        newest = TieOutResult.objects.filter(organisation_id=organisation_id).order_by("-id")[0]
        if newest.read_at > result.read_at and newest.on >= result.on:
            raise NotClosable("There is a newer tie-out than the one you looked at. Look at it.")
        in_the_way = obstacles(result, first, today=today)
        if in_the_way:
            raise NotClosable(" ".join(in_the_way))
        if not prepared_by.strip():
            raise NotClosable("Say who prepared it: the close is kept with a name.")
        close = MonthClose.objects.create(
            operator_id=organisation.operator_id,
            organisation_id=organisation_id,
            month_on=first,
            result=result,
            fingerprint=fingerprint(organisation, month_of(result.content, first)),
            prepared_by=prepared_by.strip()[:NAME_MAX],
            reviewed_by=reviewed_by.strip()[:NAME_MAX],
            note=said.strip()[:NOTE_MAX],
            closed_by_id=user_id,
            closed_by_name=by.name,
            closed_at=now,
        )
        note(
            organisation.operator_id,
            by,
            "month_closed",
            _subject(close, organisation),
            after={"fingerprint": close.fingerprint, "reviewed_by": close.reviewed_by},
        )
    return close


def reopen_month(close_id: int, *, why: str, user_id: int, by: Actor, now: datetime) -> MonthClose:
    """Reopen it, with a reason; the closed row stays. Raises `NotClosable`."""
    if not why.strip():
        raise NotClosable("Say why: the reason is kept with the month.")
    with transaction.atomic():
        close = MonthClose.objects.select_for_update().get(id=close_id)
        if close.reopened_at is not None:
            return close
        close.reopened_at = now
        close.reopened_by_id = user_id
        close.reopened_by_name = by.name
        close.reopened_why = why.strip()[:NOTE_MAX]
        close.save()
        organisation = Organisation.objects.get(id=close.organisation_id)
        subject = _subject(close, organisation)
        note(close.operator_id, by, "month_reopened", subject, after={"why": close.reopened_why})
    return close


def standing_close(organisation_id: int, first: date) -> MonthClose | None:
    found = MonthClose.objects.filter(organisation_id=organisation_id, month_on=first)
    return found.filter(reopened_at__isnull=True).first()


def _subject(close: MonthClose, organisation: Organisation) -> Subject:
    return Subject("month", str(close.public_id), f"{close.month_on:%B %Y}, {organisation.name}")


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _counted(count: int) -> str:
    return f"{count:,} {'difference' if count == 1 else 'differences'}"
