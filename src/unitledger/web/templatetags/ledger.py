"""Money, counts and states as the pages write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template import defaultfilters
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from unitledger.core.documents import DocumentState
from unitledger.web import words
from unitledger.web.locale import day_format, symbol
from unitledger.web.words import Look

register = template.Library()
MINUS = "−"


@register.filter
def money(amount: Decimal | str | None, currency: str | None) -> str:
    """`£1,204.70`, with a real minus; a dash for what has no money."""
    if amount is None:
        return "–"
    value = Decimal(amount)
    return f"{MINUS if value < 0 else ''}{symbol(currency)}{abs(value):,.2f}"


@register.filter
def difference(amount: Decimal | str | None, currency: str | None) -> str:
    """As money, but nothing is a dash."""
    return "–" if amount is None or Decimal(amount) == 0 else money(amount, currency)


@register.filter(name="date", expects_localtime=True, is_safe=False)
def in_order(value: Any, pattern: str) -> str:
    """Django's own, with day and month in the order of the operator's locale."""
    return defaultfilters.date(value, day_format(pattern))


@register.filter
def count(number: int) -> str:
    return f"{number:,}"


@register.filter
def counted(number: int, words: str) -> str:
    """`3 invoices`, `1 invoice`: `words` is "invoice,invoices"."""
    one, many = words.split(",")
    return f"{number:,} {one if number == 1 else many}"


@register.simple_tag(takes_context=True)
def when(context: template.Context, instant: datetime | None) -> SafeString | str:
    """An instant in the operator's zone: `today 09:31`, `17 Nov 09:31`."""
    if instant is None:
        return "–"
    local = timezone.localtime(instant)
    now: datetime = timezone.localtime(context["now"])
    day = "today" if local.date() == now.date() else _said(local.date(), this_year=now.year)
    return format_html(
        '<time datetime="{}" class="nowrap">{} {}</time>',
        instant.isoformat(),
        day,
        f"{local:%H:%M}",
    )


@register.simple_tag(takes_context=True)
def day(context: template.Context, on: date | None) -> SafeString | str:
    """A calendar day: `17 Nov` within the year, `17 Nov 2025` before."""
    if on is None:
        return "–"
    this_year: int = timezone.localtime(context["now"]).year
    said = _said(on, this_year=this_year)
    return format_html('<time datetime="{}" class="nowrap">{}</time>', on.isoformat(), said)


def _said(on: date, *, this_year: int) -> str:
    return defaultfilters.date(on, day_format("j M" if on.year == this_year else "j M Y"))


@register.simple_tag
def named(names: Mapping[str, str], key: str) -> str:
    """What people call it; the key itself where that is not known."""
    return names.get(key, key)


@register.simple_tag
def document_state(found: DocumentState) -> SafeString:
    return state(words.DOCUMENTS[found])


@register.simple_tag
def shape(name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="#s-{}"/></svg>', name)


@register.simple_tag
def shape_of(look: Look) -> SafeString:
    """The shape alone, where the words beside it say more than its own."""
    return format_html('<span class="{}">{}</span>', look.colour, shape(look.shape))


@register.simple_tag
def state(look: Look) -> SafeString:
    return format_html(
        '<span class="st {}">{}<span>{}</span></span>', look.colour, shape(look.shape), look.word
    )


@register.simple_tag
def compared(value: Decimal | date | str | None, currency: str | None) -> str:
    """One side of a comparison: money, a day, or words."""
    match value:
        case Decimal():
            return money(value, currency)
        case date():
            return defaultfilters.date(value, day_format("j F Y"))
        case _:
            return value or "–"
