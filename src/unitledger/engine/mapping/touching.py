"""What a change of a mapping would touch: documents that are not in the books yet.

Documents are not translated for this; there may be many. What a mapping says of an invoice
line hangs on its charge, place and tax alone, so the few combinations there are get compared,
and the documents that have one of those that change are counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.arithmetic import ZERO
from unitledger.core.billing import ChargeType, Place
from unitledger.core.mapping import Mapping

_OF_EVERY_INVOICE = ("invoice_prefix", "invoice_status", "due_days", "reference_style", "rounding")
_OF_EVERY_CONTACT = ("contact_prefix", "contact_fields")
# Not in the books, and not left out of them on purpose. What is being sent goes as it is.
_UNSENT = """
    d.operator_id = %(operator)s
    AND (d.organisation_id = %(organisation)s OR d.organisation_id IS NULL)
    AND d.applied_version = 0 AND d.is_wanted
    AND (d.state NOT IN ('skipped', 'out_of_scope')
         OR (d.state = 'skipped' AND d.problems @> '[{"code": "method_not_posted"}]'))
"""
_LINE_CLASSES = f"""
    SELECT l.charge_id, c.charge_type, c.code, i.location_id, p.name, i.building_id, b.name,
           u.unit_type, l.tax_percent, l.tax_amount IS NOT NULL
      FROM document d
      JOIN invoice i ON i.record_id = d.record_id
      JOIN invoice_line l ON l.invoice_id = i.record_id
      JOIN charge c ON c.id = l.charge_id
      JOIN location p ON p.id = i.location_id
      LEFT JOIN building b ON b.id = i.building_id
      LEFT JOIN unit u ON u.id = i.unit_id
     WHERE d.kind = 'invoice' AND {_UNSENT}
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
_OF_LINE_CLASSES = f"""
    SELECT d.id, d.kind, d.amount FROM document d
     WHERE d.kind = 'invoice' AND {_UNSENT} AND EXISTS (
           SELECT 1 FROM invoice i
             JOIN invoice_line l ON l.invoice_id = i.record_id
             LEFT JOIN unit u ON u.id = i.unit_id
             JOIN json_to_recordset(%(classes)s::json) AS k
                  (charge bigint, location bigint, building bigint, unit_type text,
                   percent numeric, stated boolean)
               ON k.charge = l.charge_id AND k.location = i.location_id
              AND k.building IS NOT DISTINCT FROM i.building_id
              AND k.unit_type IS NOT DISTINCT FROM u.unit_type
              AND k.percent IS NOT DISTINCT FROM l.tax_percent
              AND k.stated = (l.tax_amount IS NOT NULL)
            WHERE i.record_id = d.record_id)
"""
_PAYMENT_CLASSES = f"""
    SELECT p.method_id, m.name, p.location_id, l.name
      FROM document d
      JOIN payment p ON p.record_id = d.record_id
      JOIN payment_method m ON m.id = p.method_id
      JOIN location l ON l.id = p.location_id
     WHERE d.kind = 'payment' AND {_UNSENT}
     GROUP BY 1, 2, 3, 4
"""
_OF_PAYMENT_CLASSES = f"""
    SELECT d.id, d.kind, d.amount FROM document d
      JOIN payment p ON p.record_id = d.record_id
      JOIN json_to_recordset(%(classes)s::json) AS k (method bigint, location bigint)
        ON k.method = p.method_id AND k.location = p.location_id
     WHERE d.kind = 'payment' AND {_UNSENT}
"""
_OF_KIND = f"SELECT d.id, d.kind, d.amount FROM document d WHERE d.kind = %(kind)s AND {_UNSENT}"


@dataclass(frozen=True, slots=True)
class Touch:
    """Documents not sent yet that a change would make otherwise, and those that stay."""

    invoices: int = 0
    invoice_money: Decimal = ZERO
    payments: int = 0
    payment_money: Decimal = ZERO
    contacts: int = 0
    sent: int = 0  # in the books already: they stay as they are

    @property
    def count(self) -> int:
        return self.invoices + self.payments + self.contacts


def touched(
    operator_id: int, organisation_id: int, before: Mapping | None, after: Mapping
) -> Touch:
    """Count what the change from one mapping to another would touch."""
    among = {"operator": operator_id, "organisation": organisation_id}
    sums: dict[str, tuple[int, Decimal]] = {}
    statement, arguments = _selection(among, before, after)
    with database.cursor() as cursor:
        if statement:
            cursor.execute(
                f"SELECT kind, count(*), COALESCE(sum(amount), 0) FROM ({statement}) t GROUP BY 1",
                arguments,
            )
            sums = {kind: (count, money) for kind, count, money in cursor.fetchall()}
        cursor.execute(
            "SELECT count(*) FROM document WHERE operator_id = %(operator)s "
            "AND organisation_id = %(organisation)s AND applied_version > 0 "
            "AND kind <> 'contact'",
            among,
        )
        (sent,) = cursor.fetchone() or (0,)
    invoices, payments = sums.get("invoice", (0, ZERO)), sums.get("payment", (0, ZERO))
    return Touch(
        invoices=invoices[0],
        invoice_money=invoices[1],
        payments=payments[0],
        payment_money=payments[1],
        contacts=sums.get("contact", (0, ZERO))[0],
        sent=sent,
    )


def plan_again(
    operator_id: int, organisation_id: int, before: Mapping | None, after: Mapping
) -> int:
    """Take what the change touches, and what a problem stopped, into the next plan.

    What is on its way, or may still arrive, is left to be settled first.
    """
    among = {"operator": operator_id, "organisation": organisation_id}
    statement, arguments = _selection(among, before, after)
    chosen = f"id IN (SELECT id FROM ({statement}) t)" if statement else "false"
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE document SET planned_version = 0,
                   state = CASE WHEN state = 'skipped' THEN 'new' ELSE state END
             WHERE operator_id = %(operator)s AND organisation_id = %(organisation)s
               AND planned_version <> 0
               AND ({chosen} OR (state IN ('failed', 'needs_attention')
                                 AND applied_version <> wanted_version))
               AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = document.id
                                AND (e.state IN ('in_flight', 'unknown')
                                     OR (e.state = 'waiting' AND e.safe_after IS NOT NULL)))
            """,
            arguments,
        )
        return cursor.rowcount


def _selection(
    among: ReadOnly[str, Any], before: Mapping | None, after: Mapping
) -> tuple[str, dict[str, Any]]:
    """The documents that come out otherwise, as a statement; empty where none can."""
    arguments: dict[str, Any] = dict(among)
    parts: list[str] = []
    if before is None:
        return f"SELECT d.id, d.kind, d.amount FROM document d WHERE {_UNSENT}", arguments
    if _differ(before, after, _OF_EVERY_CONTACT):
        parts.append(_OF_KIND.replace("%(kind)s", "'contact'"))
    if _differ(before, after, _OF_EVERY_INVOICE) or tuple(before.prices) != tuple(after.prices):
        parts.append(_OF_KIND.replace("%(kind)s", "'invoice'"))
    elif classes := _changed_lines(among, before, after):
        arguments["classes"] = json.dumps(classes)
        parts.append(_OF_LINE_CLASSES)
    if tuple(before.methods) != tuple(after.methods) and (
        payments := _changed_payments(among, before, after)
    ):
        arguments["payments"] = json.dumps(payments)
        parts.append(_OF_PAYMENT_CLASSES.replace("%(classes)s", "%(payments)s"))
    return " UNION ALL ".join(parts), arguments


def _differ(before: Mapping, after: Mapping, names: Sequence[str]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _changed_lines(
    among: ReadOnly[str, Any], before: Mapping, after: Mapping
) -> list[dict[str, Any]]:
    if not _differ(before, after, ("charges", "taxes", "tracking")):
        return []
    with database.cursor() as cursor:
        cursor.execute(_LINE_CLASSES, among)
        found = cursor.fetchall()
    changed: list[dict[str, Any]] = []
    for charge, kind, code, location, place, building, block, unit_type, percent, stated in found:
        at = Place(location=place, building=block, unit_type=unit_type)
        said = [
            _said(mapping, ChargeType(kind), code, at, percent, is_tax_stated=stated)
            for mapping in (before, after)
        ]
        if said[0] != said[1]:
            changed.append(
                {
                    "charge": charge,
                    "location": location,
                    "building": building,
                    "unit_type": unit_type,
                    "percent": None if percent is None else str(percent),
                    "stated": stated,
                }
            )
    return changed


def _said(
    mapping: Mapping,
    charge_type: ChargeType,
    charge_code: str | None,
    place: Place,
    percent: Decimal | None,
    *,
    is_tax_stated: bool,
) -> object:
    """All that a mapping says of a line."""
    rule = mapping.charge_rule(
        charge_type=charge_type,
        charge_code=charge_code,
        location=place.location,
        unit_type=place.unit_type,
    )
    # Where only the tax is stated, any of the rule's rates may be the one it was computed by.
    by_amount = is_tax_stated and percent is None
    booked = rule and (
        rule.account_code,
        rule.item_code,
        sorted(rule.tax_types) if by_amount else rule.tax_type(percent),
    )
    tracked = [
        (each.category, mapping.option(each, place), each.default_option, each.is_required)
        for each in mapping.tracking
    ]
    return booked, tracked


def _changed_payments(
    among: ReadOnly[str, Any], before: Mapping, after: Mapping
) -> list[dict[str, Any]]:
    with database.cursor() as cursor:
        cursor.execute(_PAYMENT_CLASSES, among)
        found = cursor.fetchall()
    return [
        {"method": method, "location": location}
        for method, name, location, place in found
        if _landing(before, name, place) != _landing(after, name, place)
    ]


def _landing(mapping: Mapping, method: str, location: str) -> object:
    rule = mapping.method_rule(method=method, location=location)
    return rule and (rule.account_id, rule.is_posted)
