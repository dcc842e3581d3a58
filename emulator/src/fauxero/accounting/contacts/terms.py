"""A contact's payment terms, default tracking and default kind of line amounts.

Evidence: fields and codes are documented (Contacts; Types, payment terms). Whether any of them
changes a document that is sent through the API is unsure: here none does, so send the DueDate
and the tracking. Wordings are unsure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.base import Findings
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Contact

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

TERM_TYPES = ("DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH")
AMOUNT_TYPES = ("INCLUSIVE", "EXCLUSIVE", "NONE")

Terms = tuple[int, str]
Tracking = tuple[tuple[str, str], ...]


def sent(books: Books, element: Element, before: Contact, findings: Findings) -> dict[str, Any]:
    """The fields of rows.Contact that this module keeps, changed by what was sent."""
    block = fields.nested(element, "PaymentTerms") or {}
    return {
        "sales_terms": _terms(block, "Sales", before.sales_terms, findings),
        "bill_terms": _terms(block, "Bills", before.bill_terms, findings),
        "sales_tracking": _tracking(
            books, element, "SalesTrackingCategories", before.sales_tracking, findings
        ),
        "purchases_tracking": _tracking(
            books, element, "PurchasesTrackingCategories", before.purchases_tracking, findings
        ),
        "sales_line_amount_type": fields.choice(element, "SalesDefaultLineAmountType", AMOUNT_TYPES)
        or before.sales_line_amount_type,
        "purchases_line_amount_type": fields.choice(
            element, "PurchasesDefaultLineAmountType", AMOUNT_TYPES
        )
        or before.purchases_line_amount_type,
    }


def _terms(block: Element, name: str, before: Terms | None, findings: Findings) -> Terms | None:
    part = fields.nested(block, name)
    if part is None:
        return before
    day, kind = fields.number(part, "Day"), fields.choice(part, "Type", TERM_TYPES)
    if day is None or kind is None:
        findings.errors.append(f"Payment terms for {name} must have a Day and a Type.")
        return before
    is_month_day = kind in ("OFCURRENTMONTH", "OFFOLLOWINGMONTH")
    if day != int(day) or day < is_month_day or (is_month_day and day > 31):
        findings.errors.append(f"The payment terms day for {name} is not valid.")
        return before
    return int(day), kind


def _tracking(
    books: Books, element: Element, name: str, before: Tracking, findings: Findings
) -> Tracking:
    given = fields.many(element, name)
    if given is None:
        return before
    pairs: list[tuple[str, str]] = []
    for part in given:
        category = books.category_by_name(fields.text(part, "TrackingCategoryName") or "")
        wanted = fields.text(part, "TrackingOptionName") or ""
        option = books.option_by_name(category.id, wanted) if category else None
        if category is None or option is None:
            findings.errors.append(f"The tracking option '{wanted}' of {name} is not valid.")
        else:
            pairs.append((category.name, option.name))
    return tuple(pairs)


def terms_element(contact: Contact) -> Element | None:
    """Left out where there are none."""
    shown: Element = {}
    for name, terms in (("Bills", contact.bill_terms), ("Sales", contact.sales_terms)):
        if terms is not None:
            shown[name] = {"Day": terms[0], "Type": terms[1]}
    return shown or None


def tracking_elements(pairs: Tracking) -> list[Element]:
    return [
        {"TrackingCategoryName": category, "TrackingOptionName": option}
        for category, option in pairs
    ]
