"""BrandingThemes, PaymentServices, Users and InvoiceReminders: settings that apps only read.

Evidence: fields and paths are documented, the shapes are the OpenAPI examples. Xero also lets an
app with a scope of its own make payment services; that is not modelled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting.base import SETTINGS_READ, BaseResource, present
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import Element, ListPage, ListQuery, NotFound
from fauxero.accounting.side_rows import BrandingTheme, PaymentService, User
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import FLAG, GUID, INSTANT, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_USER_FIELDS = {
    "userid": Field(GUID, lambda row: row.id),
    "emailaddress": Field(TEXT, lambda row: row.email),
    "firstname": Field(TEXT, lambda row: row.first_name),
    "lastname": Field(TEXT, lambda row: row.last_name),
    "organisationrole": Field(TEXT, lambda row: row.role),
    "issubscriber": Field(FLAG, lambda row: row.is_subscriber),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}


def theme_element(theme: BrandingTheme) -> Element:
    return {
        "BrandingThemeID": theme.id,
        "Name": theme.name,
        "SortOrder": theme.sort_order,
        "CreatedDateUTC": theme.created_at,
        "Type": "INVOICE",
    }


def service_element(service: PaymentService) -> Element:
    return present(
        PaymentServiceID=service.id,
        PaymentServiceName=service.name,
        PaymentServiceUrl=service.url or None,
        PaymentServiceType=service.type,
        PayNowText=service.pay_now_text or None,
    )


def user_element(user: User) -> Element:
    return {
        "UserID": user.id,
        "EmailAddress": user.email,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "UpdatedDateUTC": user.updated_at,
        "IsSubscriber": user.is_subscriber,
        "OrganisationRole": user.role,
    }


def is_theme(books: Books, theme_id: str) -> bool:
    return theme_id in books.side.branding_themes


def services_of(books: Books, theme_id: str) -> list[Element]:
    """The payment services that a theme's invoices offer."""
    services = books.side.payment_services
    return [service_element(row) for row in services if theme_id in row.theme_ids]


class BrandingThemesResource(BaseResource):
    name = "BrandingThemes"
    element_name = "BrandingTheme"
    id_field = "BrandingThemeID"

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        """In their order; 0 is the default (Xero: documented). No filters are documented."""
        themes = sorted(books.side.branding_themes, key=lambda row: (row.sort_order, row.id))
        return ListPage([theme_element(theme) for theme in themes])

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        theme = books.side.branding_themes.get(key.lower())
        return theme_element(theme) if theme else None


class PaymentServicesResource(BaseResource):
    name = "PaymentServices"
    element_name = "PaymentService"
    id_field = "PaymentServiceID"
    read_scopes = frozenset({"paymentservices"})
    write_scopes = frozenset({"paymentservices"})

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return ListPage([service_element(row) for row in books.side.payment_services])


class UsersResource(BaseResource):
    name = "Users"
    element_name = "User"
    id_field = "UserID"

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[User] = Ordered(lambda row: (row.updated_at, row.id))
        for user in books.side.users:
            in_order.add(user)
        selection = Selection(books.side.users, in_order, _USER_FIELDS, {})
        selection.apply(query)
        return answer(selection, query, paged=False, full=user_element, thin=user_element)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        user = books.side.users.get(key.lower())
        return user_element(user) if user else None


class ReminderSettings:
    """GET /InvoiceReminders/Settings."""

    name = "InvoiceReminders"
    element_name = "InvoiceReminder"
    id_field = ""
    methods = frozenset({"GET"})
    read_scopes = SETTINGS_READ
    write_scopes: frozenset[str] = frozenset()

    def read_list(self, books: Books, parent_key: str | None) -> ListPage:
        return ListPage([{"Enabled": books.organisation.reminders_on}])


# ---- what a person does to them in Xero's pages


def add_theme(books: Books, *, name: str) -> Element:
    themes = books.side.branding_themes
    last = max((theme.sort_order for theme in themes), default=-1)
    with books.transaction():
        theme = BrandingTheme(books.ids.uuid(), name, last + 1, books.now())
        return theme_element(themes.put(theme))


def add_service(
    books: Books, *, name: str, url: str = "", pay_now_text: str = "Pay now"
) -> Element:
    """A payment service on every theme there is."""
    ids = tuple(theme.id for theme in books.side.branding_themes)
    service = PaymentService(books.ids.uuid(), name, url, pay_now_text, theme_ids=ids)
    with books.transaction():
        return service_element(books.side.payment_services.put(service))


def add_user(
    books: Books,
    *,
    email: str,
    first_name: str = "",
    last_name: str = "",
    role: str = "STANDARD",
) -> Element:
    user = User(books.ids.uuid(), email, first_name, last_name, role, False, books.now())
    with books.transaction():
        return user_element(books.side.users.put(user))


def set_user_role(books: Books, *, user_id: str, role: str) -> Element:
    user = books.side.users.get(user_id.lower())
    if user is None:
        raise NotFound(f"no user {user_id}")
    with books.transaction():
        return user_element(books.side.users.put(replace(user, role=role, updated_at=books.now())))
