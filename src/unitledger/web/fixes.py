"""Where what stops a record can be mended: the page behind a reason's remedy."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from unitledger.core.problems import Actor, ProblemCode
from unitledger.engine.report import ReportRow

_PAGES: Mapping[ProblemCode, str] = {
    ProblemCode.NOT_CONNECTED: "xero",
    ProblemCode.CONNECTION_LOST: "xero",
    ProblemCode.OTHER_ORGANISATION: "xero",
    ProblemCode.NO_MAPPING: "mapping",
    ProblemCode.NO_ACCOUNT_FOR_CHARGE: "mapping-products",
    ProblemCode.ACCOUNT_GONE: "mapping-products",
    ProblemCode.ACCOUNT_NOT_FOR_LINES: "mapping-products",
    ProblemCode.NO_TAX_RATE: "mapping-taxes",
    ProblemCode.TAX_RATE_GONE: "mapping-taxes",
    ProblemCode.TAX_RATE_UNFIT: "mapping-taxes",
    ProblemCode.TAX_PERCENT_DIFFERS: "mapping-taxes",
    ProblemCode.PRICES_DIFFER: "mapping-taxes",
    ProblemCode.METHOD_NOT_POSTED: "mapping-paid-to",
    ProblemCode.NO_PAID_TO_ACCOUNT: "mapping-paid-to",
    ProblemCode.PAID_TO_ACCOUNT_UNFIT: "mapping-paid-to",
    ProblemCode.OPTION_GONE: "mapping-categories",
    ProblemCode.ROUNDING_UNFIT: "mapping-defaults",
    ProblemCode.BEFORE_START: "mapping-start",
    ProblemCode.BRAKE_HELD: "runs",
}
_LINKING = frozenset({ProblemCode.EXISTS_NOT_OURS, ProblemCode.UNLINKED})


def fix_of(row: ReportRow) -> str | None:
    """The address behind the first reason's remedy; the record's own page has its choices."""
    if not row.reasons or row.reasons[0].code is None:
        return None
    code = ProblemCode(row.reasons[0].code)
    if code in _LINKING:
        return reverse("record-link", args=[row.public_id])
    page = page_of(code)
    if page is not None:
        return page
    if row.reasons[0].acts_next is Actor.PERSON:
        return f"{reverse('record', args=[row.public_id])}#decide"
    return None


def page_of(code: ProblemCode) -> str | None:
    """The page where every problem of the kind is mended, where there is one."""
    name = _PAGES.get(code)
    return None if name is None else reverse(name)
