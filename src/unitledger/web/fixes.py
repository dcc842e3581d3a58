"""Where what stops a record can be mended: the page behind a reason's remedy."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

from unitledger.core.problems import Actor, ProblemCode
from unitledger.engine.report import ReportRow

# The first page of each that this installation has.
_PAGES: Mapping[ProblemCode, tuple[str, ...]] = {
    ProblemCode.NOT_CONNECTED: ("xero",),
    ProblemCode.CONNECTION_LOST: ("xero",),
    ProblemCode.OTHER_ORGANISATION: ("xero",),
    ProblemCode.NO_MAPPING: ("synchronize", "xero"),
    ProblemCode.NO_ACCOUNT_FOR_CHARGE: ("synchronize-products", "synchronize", "xero"),
    ProblemCode.ACCOUNT_GONE: ("synchronize-products", "synchronize", "xero"),
    ProblemCode.ACCOUNT_NOT_FOR_LINES: ("synchronize-products", "synchronize", "xero"),
    ProblemCode.NO_TAX_RATE: ("synchronize-taxes", "synchronize", "xero"),
    ProblemCode.TAX_RATE_GONE: ("synchronize-taxes", "synchronize", "xero"),
    ProblemCode.TAX_RATE_UNFIT: ("synchronize-taxes", "synchronize", "xero"),
    ProblemCode.TAX_PERCENT_DIFFERS: ("synchronize-taxes", "synchronize", "xero"),
    ProblemCode.NO_PAID_TO_ACCOUNT: ("synchronize-paid-to", "synchronize", "xero"),
    ProblemCode.PAID_TO_ACCOUNT_UNFIT: ("synchronize-paid-to", "synchronize", "xero"),
    ProblemCode.OPTION_GONE: ("synchronize-categories", "synchronize", "xero"),
    ProblemCode.ROUNDING_UNFIT: ("synchronize-defaults", "synchronize", "xero"),
    ProblemCode.BEFORE_START: ("synchronize-start", "synchronize", "xero"),
    ProblemCode.BRAKE_HELD: ("runs", "xero"),
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
    for name in _PAGES.get(code, ()):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue  # the page is not part of this installation
    return None
