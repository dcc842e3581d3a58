"""The TrackingCategories resource and its Options, and finding a line's tracking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import (
    SETTINGS_READ,
    SETTINGS_WRITE,
    BaseResource,
    ElementRefused,
    Findings,
    attempt,
)
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import TrackingCategory, TrackingOption
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import GUID, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Xero: documented (Tracking categories): two active, four in all.
ACTIVE_CATEGORIES_MAX = 2
CATEGORIES_MAX = 4
NAME_LENGTH_MAX = 100

_FIELDS = {
    "trackingcategoryid": Field(GUID, lambda row: row.id),
    "name": Field(TEXT, lambda row: row.name),
    "status": Field(TEXT, lambda row: row.status),
}


def option_element(option: TrackingOption) -> Element:
    """Shape as the OpenAPI examples and recordings show it."""
    return {
        "TrackingOptionID": option.id,
        "Name": option.name,
        "Status": option.status,
        "HasValidationErrors": False,
        "IsDeleted": False,
        "IsArchived": option.status == "ARCHIVED",
        "IsActive": option.status == "ACTIVE",
    }


def category_element(
    books: Books, category: TrackingCategory, *, archived: bool = False
) -> Element:
    return {
        "Name": category.name,
        "Status": category.status,
        "TrackingCategoryID": category.id,
        "Options": [
            option_element(option)
            for option in books.options_of(category.id)
            if archived or option.status == "ACTIVE"
        ],
    }


class TrackingCategoriesResource(BaseResource):
    name = "TrackingCategories"
    element_name = "TrackingCategory"
    id_field = "TrackingCategoryID"
    methods = frozenset({"GET", "PUT", "POST", "DELETE"})
    summarizes_errors = False

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[TrackingCategory] = Ordered(lambda row: (row.position, row.id))
        for category in books.tracking_categories:
            in_order.add(category)
        selection = Selection(books.tracking_categories, in_order, _FIELDS, {})
        selection.apply(replace(query, modified_since=None))
        archived = query.include_archived
        if not archived:
            selection.only(lambda row: row.status == "ACTIVE")

        def show(row: TrackingCategory) -> Element:
            return category_element(books, row, archived=archived)

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        category = books.tracking_categories.get(key.lower())
        return category_element(books, category, archived=True) if category else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books,
            element,
            lambda found: _create_category(books, element, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        category_id = key.lower() if key else fields.guid(element, "TrackingCategoryID")
        if category_id is None:
            return self.create(books, element, options)
        category = books.tracking_categories.get(category_id)
        if category is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update_category(books, category, element, found),
            id_field=self.id_field,
            key=category.id,
        )

    def delete(self, books: Books, key: str) -> None:
        category = books.tracking_categories.get(key.lower())
        if category is None:
            raise NotFound
        options = books.options_of(category.id)
        if any(is_option_used(books, option) for option in options):
            # Xero: documented: only unused ones can be deleted. Wording unsure.
            raise ElementRefused("The tracking category is in use and cannot be deleted.")
        with books.transaction():
            for option in options:
                books.tracking_options.drop(option.id)
            books.tracking_categories.drop(category.id)


def is_option_used(books: Books, option: TrackingOption) -> bool:
    pair = (option.category_id, option.id)
    if any(pair in row.from_tracking + row.to_tracking for row in books.bank_transfers):
        return True
    return any(pair in line.tracking for line in books.all_lines())


def _create_category(books: Books, element: Element, findings: Findings) -> Element:
    name = fields.text(element, "Name") or ""
    categories = list(books.tracking_categories)
    _check_name(name, findings)
    if books.category_by_name(name) is not None:
        findings.errors.append("Please enter a unique Name.")
    active = [category for category in categories if category.status == "ACTIVE"]
    if len(active) >= ACTIVE_CATEGORIES_MAX or len(categories) >= CATEGORIES_MAX:
        # The limits are documented; the wording is unsure.
        findings.errors.append(
            "The maximum number of tracking categories (2 active, 4 in total) has been reached."
        )
    findings.refuse_if_any()
    category = TrackingCategory(
        id=books.ids.uuid(),
        name=name,
        status="ACTIVE",
        position=max((other.position for other in categories), default=-1) + 1,
    )
    return category_element(books, books.tracking_categories.put(category))


def _update_category(
    books: Books, category: TrackingCategory, element: Element, findings: Findings
) -> Element:
    name = fields.text(element, "Name") or category.name
    status = fields.choice(element, "Status", ("ACTIVE", "ARCHIVED")) or category.status
    _check_name(name, findings)
    other = books.category_by_name(name)
    if other is not None and other.id != category.id:
        findings.errors.append("Please enter a unique Name.")
    active = sum(row.status == "ACTIVE" and row.id != category.id for row in _all(books))
    if status == "ACTIVE" and active >= ACTIVE_CATEGORIES_MAX:
        findings.errors.append("The maximum number of active tracking categories is reached.")
    findings.refuse_if_any()
    changed = books.tracking_categories.put(replace(category, name=name, status=status))
    return category_element(books, changed, archived=True)


def _all(books: Books) -> list[TrackingCategory]:
    return list(books.tracking_categories)


def _check_name(name: str, findings: Findings) -> None:
    if not name.strip():
        findings.errors.append("Name is required.")
    findings.too_long("Name", name, NAME_LENGTH_MAX)


class TrackingOptions:
    """PUT, POST and DELETE /TrackingCategories/{id}/Options."""

    name = "Options"
    element_name = "TrackingOption"
    id_field = "TrackingOptionID"
    methods = frozenset({"PUT", "POST", "DELETE"})
    read_scopes = SETTINGS_READ
    write_scopes = SETTINGS_WRITE

    def create(
        self, books: Books, parent_key: str, element: Element, options: WriteOptions
    ) -> Outcome:
        category = self._category(books, parent_key)
        return attempt(
            books,
            element,
            lambda found: _create_option(books, category, element, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self,
        books: Books,
        parent_key: str,
        element: Element,
        options: WriteOptions,
        *,
        key: str | None = None,
    ) -> Outcome:
        category = self._category(books, parent_key)
        option_id = key.lower() if key else fields.guid(element, "TrackingOptionID")
        if option_id is None:
            return self.create(books, parent_key, element, options)
        option = books.tracking_options.get(option_id)
        if option is None or option.category_id != category.id:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update_option(books, option, element, found),
            id_field=self.id_field,
            key=option.id,
        )

    def delete(self, books: Books, parent_key: str, key: str) -> None:
        """Raises ElementRefused when a document uses the option."""
        category = self._category(books, parent_key)
        option = books.tracking_options.get(key.lower())
        if option is None or option.category_id != category.id:
            raise NotFound
        if is_option_used(books, option):
            raise ElementRefused("The tracking option is in use and cannot be deleted.")
        with books.transaction():
            books.tracking_options.drop(option.id)

    @staticmethod
    def _category(books: Books, parent_key: str) -> TrackingCategory:
        category = books.tracking_categories.get(parent_key.lower())
        if category is None:
            raise NotFound
        return category


def _create_option(
    books: Books, category: TrackingCategory, element: Element, findings: Findings
) -> Element:
    name = fields.text(element, "Name") or ""
    _check_name(name, findings)
    if books.option_by_name(category.id, name) is not None:
        findings.errors.append("Please enter a unique Name.")
    findings.refuse_if_any()
    option = TrackingOption(
        id=books.ids.uuid(),
        category_id=category.id,
        name=name,
        status="ACTIVE",
        position=len(books.options_of(category.id)),
    )
    return option_element(books.tracking_options.put(option))


def _update_option(
    books: Books, option: TrackingOption, element: Element, findings: Findings
) -> Element:
    name = fields.text(element, "Name") or option.name
    status = fields.choice(element, "Status", ("ACTIVE", "ARCHIVED")) or option.status
    _check_name(name, findings)
    other = books.option_by_name(option.category_id, name)
    if other is not None and other.id != option.id:
        findings.errors.append("Please enter a unique Name.")
    findings.refuse_if_any()
    return option_element(books.tracking_options.put(replace(option, name=name, status=status)))


# ---- tracking on a line


def resolve(
    books: Books, elements: list[Element], findings: Findings
) -> tuple[tuple[str, str], ...]:
    """Return (category id, option id) pairs. What cannot be found is refused, or dropped.

    Which of the two Xero does is unsure; refusing is the default reading
    (rows.Switches.drop_unknown_tracking is the other). Two a line is documented.
    """
    pairs: list[tuple[str, str]] = []
    for element in elements:
        pair = _pair(books, element)
        if pair is not None:
            pairs.append(pair)
            continue
        problem = f"The tracking '{_describe(element)}' is not a valid active tracking option."
        if books.switches.drop_unknown_tracking:
            findings.warnings.append(problem)
        else:
            findings.errors.append(problem)
    if len(pairs) > ACTIVE_CATEGORIES_MAX or len({category for category, _ in pairs}) < len(pairs):
        findings.errors.append("A line item may carry one option of each of two categories.")
    return tuple(pairs)


def _pair(books: Books, element: Element) -> tuple[str, str] | None:
    category_id = fields.guid(element, "TrackingCategoryID")
    option_id = fields.guid(element, "TrackingOptionID")
    if category_id is None:
        category = books.category_by_name(fields.text(element, "Name") or "")
    else:
        category = books.tracking_categories.get(category_id)
    if category is None or category.status != "ACTIVE":
        return None
    if option_id is None:
        option = books.option_by_name(category.id, fields.text(element, "Option") or "")
    else:
        option = books.tracking_options.get(option_id)
    if option is None or option.category_id != category.id or option.status != "ACTIVE":
        return None
    return category.id, option.id


def _describe(element: Element) -> str:
    category = element.get("Name") or element.get("TrackingCategoryID") or ""
    return f"{category}: {element.get('Option') or element.get('TrackingOptionID') or ''}"


def line_tracking(books: Books, pairs: tuple[tuple[str, str], ...]) -> list[Element]:
    """As recorded on list reads: no TrackingOptionID, an empty Options."""
    return [
        {
            "Name": books.tracking_categories[category_id].name,
            "Option": books.tracking_options[option_id].name,
            "TrackingCategoryID": category_id,
            "Options": [],
        }
        for category_id, option_id in pairs
    ]
