"""What `unitledger mapping` does, beside its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from unitledger.cli._books import some_connections
from unitledger.core.chart import Chart
from unitledger.core.mapping import UNSTATED_PERCENT, Mapping, percent_key
from unitledger.core.mapping_changes import told
from unitledger.core.mapping_check import faults
from unitledger.core.mapping_edit import (
    Selector,
    with_charge,
    with_ids,
    with_method,
    with_option,
    with_tax,
)

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.mapping.survey import Survey
    from unitledger.engine.mapping.touching import Touch

Change = Callable[[Mapping], Mapping]
NO_CHART = "The chart of accounts was not read yet: run `unitledger mapping suggest`."


class MappingRefused(Exception):
    """Nothing was saved. The message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change came to; `version` None: it was only looked at."""

    version: int | None
    is_new: bool
    planned_again: int
    touches: Touch


def one_survey(operator: str | None, organisation: str | None) -> Survey:
    """Everything around the mapping of the one organisation that is meant."""
    from unitledger.engine.mapping.survey import survey
    from unitledger.store.connections import ConnectionState

    found = [
        each
        for each in some_connections(operator, organisation)
        if each.state != ConnectionState.DISCONNECTED
    ]
    if len(found) != 1:
        raise click.UsageError(
            "Say which one with --organisation." if found else "No organisation is connected."
        )
    return survey(found[0])


def shown(found: Survey) -> dict[str, Any]:
    return {
        "organisation": found.connection.organisation.name,
        "version": found.version,
        "saved_at": found.saved_at.isoformat() if found.saved_at else None,
        "choices": _choices(found.mapping, found.chart) if found.mapping else {},
    }


def checked(found: Survey) -> dict[str, Any]:
    """Faults, what waits, and what is new; `is_fine` where nothing is to be done."""
    return {
        "organisation": found.connection.organisation.name,
        "version": found.version,
        "chart_read_at": found.chart.read_at.isoformat() if found.chart else None,
        "is_fine": bool(found.mapping and found.chart)
        and not (found.faults or found.waits or found.charges_without_account),
        "faults": [
            {
                "part": str(each.part),
                "code": str(each.code),
                "subject": each.subject,
                "sentence": each.sentence,
                "remedy": each.remedy,
                "waiting": sum(wait.count for wait in found.waits_for(each)),
            }
            for each in found.faults
        ],
        "waiting": [
            {
                "part": str(each.part),
                "sentence": each.problem.sentence,
                "documents": each.count,
                "money": str(each.money),
            }
            for each in found.waits
        ],
        "without_account": [each.name for each in found.charges_without_account],
        "new_items": [each.code for each in found.new_charges],
        "by_default": [each.name for each in found.new_methods],
    }


def check_sentences(content: dict[str, Any]) -> Iterator[str]:
    if content["version"] == 0:
        yield "Nothing is mapped yet: `unitledger mapping suggest --save` begins."
        return
    for each in content["faults"]:
        waiting = f" {each['waiting']:,} documents wait." if each["waiting"] else ""
        yield f"{each['sentence']} {each['remedy']}.{waiting}"
    for each in content["waiting"]:
        yield f"{each['sentence']} Documents: {each['documents']:,}, {each['money']} in all."
    for each in content["without_account"]:
        yield f"{each} has no account: what carries it waits."
    for each in content["new_items"]:
        yield f"{each} is new and goes where its kind of charge goes."
    for each in content["by_default"]:
        yield f"Nobody chose for payments by {each}: they land on the default account."
    if content["is_fine"]:
        yield f"Version {content['version']} fits the books; nothing waits for it."


def suggested(found: Survey, *, is_saved: bool) -> dict[str, Any]:
    """Read the chart, say what it suggests, and save that as the first mapping if asked to.

    Raises `MappingRefused` rather than write over a mapping in force.
    """
    from unitledger import wiring
    from unitledger.core.suggest import suggest_mapping
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.first_mapping import suggest_first_mapping
    from unitledger.engine.mapping import refreshing, saving

    if is_saved and found.mapping is not None:
        raise MappingRefused(
            f"Version {found.version} is in force. Change single choices with `mapping set`."
        )
    connection = found.connection
    prefix = saving.first_mapping(connection.operator_id).contact_prefix
    places = list(found.catalogue.locations.values())
    tools = wiring.shared_tools()
    if is_saved:
        made = suggest_first_mapping(
            connection.pk, contact_prefix=prefix, locations=places, tools=tools, by=COMMAND_LINE
        )
        connection.organisation.refresh_from_db()
        chart = _chart(connection.organisation.chart)
    else:
        chart = refreshing.refresh(connection.pk, tools=tools).chart
        made = suggest_mapping(chart, contact_prefix=prefix, locations=places)
    return {
        "organisation": connection.organisation.name,
        "version": saving.newest(connection.organisation_id)[1],
        "choices": _choices(made.mapping, chart),
        "notes": list(made.notes),
    }


def charge(
    selector: Selector, *, account: str | None, taxes: Sequence[tuple[str, str]], item: str | None
) -> Change:
    stated = {_percent(percent): tax_type for percent, tax_type in taxes}
    return lambda mapping: with_charge(
        mapping, selector, account_code=account, taxes=stated, item_code=item
    )


def method(
    found: Survey, name: str | None, *, account: str | None, location: str | None, is_posted: bool
) -> Change:
    """Raises `MappingRefused` where there is no account of that code."""
    account_id = None
    if account is not None:
        known = found.chart.account_by_code(account) if found.chart else None
        if known is None:
            raise MappingRefused(f"There is no account {account} in the chart last read.")
        account_id = known.account_id
    return lambda mapping: with_method(
        mapping, method=name, location=location, account_id=account_id, is_posted=is_posted
    )


def option(category: str, value: str, name: str) -> Change:
    def change(mapping: Mapping) -> Mapping:
        if category not in {each.category for each in mapping.tracking}:
            used = ", ".join(each.category for each in mapping.tracking) or "none"
            raise MappingRefused(f"{category} is not in use. In use: {used}.")
        return with_option(mapping, category, value=value, option=name)

    return change


def tax(percent: str, tax_type: str) -> Change:
    return lambda mapping: with_tax(mapping, percent=_percent(percent), tax_type=tax_type)


def changed(found: Survey, change: Change, *, is_saved: bool) -> Changed:
    """Apply one change, or look what it would touch. Raises `MappingRefused`: the books would
    not take it."""
    from unitledger import wiring
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.mapping.saving import first_mapping, save_change
    from unitledger.engine.mapping.touching import touched

    if found.chart is None:
        raise MappingRefused(NO_CHART)
    connection = found.connection
    before = found.mapping or first_mapping(connection.operator_id)
    after = with_ids(change(before), found.chart)
    _check(before, after, found)
    touches = touched(connection.operator_id, connection.organisation_id, found.mapping, after)
    if not is_saved:
        return Changed(version=None, is_new=False, planned_again=0, touches=touches)
    saved = save_change(
        connection.organisation_id,
        change,
        by=COMMAND_LINE,
        user_id=None,
        now=wiring.shared_tools().clock.now(),
    )
    return Changed(
        version=saved.version,
        is_new=saved.is_new,
        planned_again=saved.planned_again,
        touches=touches,
    )


def change_sentence(made: Changed) -> str:
    touch = made.touches
    if made.version is None:
        return (
            f"It would change {touch.invoices:,} invoices, {touch.payments:,} payments and "
            f"{touch.contacts:,} contacts that are not sent yet; {touch.sent:,} documents in Xero "
            "stay as they are. Nothing is saved."
        )
    if not made.is_new:
        return "Nothing changed: it was set so already."
    return f"Saved as version {made.version}. {made.planned_again:,} unsent documents go by it."


def touch_content(touch: Touch) -> dict[str, Any]:
    return {
        "invoices": touch.invoices,
        "invoice_money": str(touch.invoice_money),
        "payments": touch.payments,
        "payment_money": str(touch.payment_money),
        "contacts": touch.contacts,
        "sent": touch.sent,
    }


def _check(before: Mapping, after: Mapping, found: Survey) -> None:
    """A change may leave an older fault, and bring no new one."""
    assert found.chart is not None
    known = set(faults(before, found.chart, items=found.items))
    new = [each for each in faults(after, found.chart, items=found.items) if each not in known]
    if new:
        raise MappingRefused(" ".join(f"{each.sentence} {each.remedy}." for each in new))


def _choices(mapping: Mapping, chart: Chart | None) -> dict[str, str]:
    return {each.subject: each.after for each in told(None, mapping, chart) if each.after}


def _chart(stored: Any) -> Chart:
    from unitledger.core import chart_content

    return chart_content.read(stored)


def _percent(stated: str) -> str:
    if stated == UNSTATED_PERCENT:
        return stated
    try:
        percent = Decimal(stated)
    except InvalidOperation:
        raise MappingRefused(f"{stated} is no percentage.") from None
    if not percent.is_finite() or percent < 0:
        raise MappingRefused(f"{stated} is no percentage.")
    return percent_key(percent)
