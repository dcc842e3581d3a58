"""How money and days are written for an operator's people."""

from __future__ import annotations

from django.db import transaction

from unitledger.core.locales import LOCALES
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.people import Operator


class UnknownLocale(ValueError):
    def __init__(self) -> None:
        super().__init__("Choose one of the countries in the list.")


def set_locale(operator_id: int, locale: str, *, by: Actor) -> None:
    """Change it; the same again changes nothing. Raises `UnknownLocale`."""
    if locale not in LOCALES:
        raise UnknownLocale
    with transaction.atomic():
        operator = Operator.objects.select_for_update().get(id=operator_id)
        before = operator.locale
        if before == locale:
            return
        operator.locale = locale
        operator.save(update_fields=["locale"])
        note(
            operator_id,
            by,
            "locale_changed",
            Subject("operator", str(operator.public_id), operator.name),
            before={"locale": before},
            after={"locale": locale},
        )
