"""What the operator's records say already, for a guess that fits them."""

from __future__ import annotations

from collections import Counter

from unitledger.core.file_sample import Known
from unitledger.engine.intake import currencies_of_books
from unitledger.store.people import Operator
from unitledger.store.places import Location
from unitledger.store.records import RecordIdentifier

LOOKED_AT = 500  # of the newest identifiers: enough to see which system bills
LOCATIONS_MAX = 200
MONTH_FIRST = ("en-US",)


def known(operator_id: int) -> Known:
    newest = (
        RecordIdentifier.objects.filter(operator_id=operator_id)
        .order_by("-id")
        .values_list("source", "kind", "identifier_type")[:LOOKED_AT]
    )
    found = Counter(newest)
    source = Counter(source for source, _, _ in found.elements()).most_common(1)
    types: dict[str, str] = {}
    for (of, kind, identifier_type), _ in found.most_common():
        if of == source[0][0]:
            types.setdefault(kind, identifier_type)
    locations = list(
        Location.objects.filter(operator_id=operator_id).order_by("id")[:LOCATIONS_MAX]
    )
    currencies = currencies_of_books(operator_id) or {
        each.currency for each in locations if each.currency
    }
    operator = Operator.objects.get(pk=operator_id)
    return Known(
        source=source[0][0] if source else "",
        types=types,
        zone=locations[0].zone if locations else "Europe/London",
        currency=next(iter(currencies)) if len(currencies) == 1 else "",
        locations=[each.name for each in locations],
        is_month_first=operator.locale in MONTH_FIRST,
    )
