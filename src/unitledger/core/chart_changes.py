"""What came, went or changed between two reads of a chart, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.chart import Account, Chart, TrackingCategory
from unitledger.core.mapping import percent_key


def chart_changes(before: Chart | None, after: Chart) -> tuple[str, ...]:
    """A sentence for each difference that a mapping may care about; none for a first read."""
    if before is None:
        return ()
    return (*_accounts(before, after), *_rates(before, after), *_tracking(before, after))


def _accounts(before: Chart, after: Chart) -> Iterator[str]:
    for account in after.accounts:
        was = before.account(account.account_id)
        name = _named(account)
        if was is None:
            yield f"Account {name} is new."
        elif was.is_active and not account.is_active:
            yield f"Account {name} was archived."
        elif not was.is_active and account.is_active:
            yield f"Account {name} was restored."
        elif _named(was) != name:
            yield f"Account {_named(was)} is now {name}."
        elif was.takes_payments != account.takes_payments:
            takes = "takes payments now" if account.takes_payments else "takes no payments any more"
            yield f"Account {name} {takes}."
    for account in before.accounts:
        if after.account(account.account_id) is None:
            yield f"Account {_named(account)} is gone."


def _rates(before: Chart, after: Chart) -> Iterator[str]:
    for rate in after.tax_rates:
        was = before.tax_rate(rate.tax_type)
        if was is None:
            yield f"Tax rate {rate.name} is new."
        elif was.is_active != rate.is_active:
            yield f"Tax rate {rate.name} is {'active again' if rate.is_active else 'gone'}."
        elif was.percent != rate.percent:
            old, new = percent_key(was.percent), percent_key(rate.percent)
            yield f"Tax rate {rate.name} was {old} % and is {new} %."


def _tracking(before: Chart, after: Chart) -> Iterator[str]:
    were = {each.category_id: each for each in before.tracking}
    for category in after.tracking:
        was = were.pop(category.category_id, None)
        if was is None:
            yield f"Tracking category {category.name} is new."
        elif was.is_active and not category.is_active:
            yield f"Tracking category {category.name} was archived."
        else:
            yield from _options(was, category)
    for gone in were.values():
        yield f"Tracking category {gone.name} is gone."


def _options(was: TrackingCategory, category: TrackingCategory) -> Iterator[str]:
    old = {id_: name for name, id_ in was.options.items()}
    new = {id_: name for name, id_ in category.options.items()}
    for id_, name in new.items():
        if id_ not in old:
            yield f"Option {name} of {category.name} is new."
        elif old[id_] != name:
            yield f"Option {old[id_]} of {category.name} is now called {name}."
    for id_, name in old.items():
        if id_ not in new:
            yield f"Option {name} of {category.name} was deleted or archived."


def _named(account: Account) -> str:
    return f"{account.code} {account.name}" if account.code else account.name
