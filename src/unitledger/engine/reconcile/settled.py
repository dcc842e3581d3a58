"""The chart as it has to be for asking what a document *should have been*.

A lock date set, an account archived or a rate retired after a document was sent does not
change what the books should hold of it.
"""

from __future__ import annotations

from dataclasses import replace

from unitledger.core.chart import Chart


def as_it_was(chart: Chart) -> Chart:
    """The chart with nothing locked, and with everything it ever offered still in use.

    Archived tracking options are not among a category's options: a document that carries one
    is compared with what was sent instead.
    """
    return Chart(
        facts=replace(chart.facts, period_lock_on=None, year_end_lock_on=None),
        accounts=tuple(
            replace(each, is_active=True, takes_payments=True) for each in chart.accounts
        ),
        tax_rates=tuple(replace(each, is_active=True) for each in chart.tax_rates),
        tracking=tuple(replace(each, is_active=True) for each in chart.tracking),
        read_at=chart.read_at,
    )
