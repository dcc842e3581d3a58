"""One organisation's books: its tables, indexes, clock and ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from fauxero.accounting import audit, history, ledger, rowcodec
from fauxero.accounting.money_rows import Credit, ManualJournalLine
from fauxero.accounting.money_tables import (
    Allocations,
    BankTransactions,
    BankTransfers,
    BatchPayments,
    Credits,
    ManualJournals,
)
from fauxero.accounting.resource import RequestRefused
from fauxero.accounting.rows import (
    Account,
    Contact,
    Invoice,
    Item,
    Journal,
    Line,
    Organisation,
    Outgoing,
    Payment,
    Switches,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from fauxero.accounting.side import SideTables
from fauxero.accounting.tables import GroupedOrder, Log, Lookup, Ordered, Snapshot, Table, Watcher
from fauxero.accounting.where import folded_text
from fauxero.clock import Clock
from fauxero.ids import Ids


class BadSwitch(RequestRefused):
    """No such switch, or no way to set it."""


def folded(name: str) -> str:
    """Names are compared ignoring case (Xero: documented, Contacts)."""
    return name.casefold()


class Books:
    """The whole of one organisation. Change rows only inside `transaction()`."""

    def __init__(self, *, organisation_id: str, clock: Clock, ids: Ids) -> None:
        self.organisation_id = organisation_id
        self.clock = clock
        self.ids = ids
        self._log = Log()
        self._settings: Table[Organisation] = Table("organisation", self._log)
        self.accounts: Table[Account] = Table("accounts", self._log)
        self.tax_rates: Table[TaxRate] = Table("tax_rates", self._log)
        self.tracking_categories: Table[TrackingCategory] = Table("categories", self._log)
        self.tracking_options: Table[TrackingOption] = Table("options", self._log)
        self.items: Table[Item] = Table("items", self._log)
        self.contacts: Table[Contact] = Table("contacts", self._log)
        self.invoices: Table[Invoice] = Table("invoices", self._log)
        self.payments: Table[Payment] = Table("payments", self._log)
        self.journals: Table[Journal] = Table("journals", self._log)
        self.credits = Credits(self._log)
        self.allocations = Allocations(self._log)
        self.batch_payments = BatchPayments(self._log)
        self.bank_transactions = BankTransactions(self._log)
        self.bank_transfers = BankTransfers(self._log)
        self.manual_journals = ManualJournals(self._log)
        self.outbox: Table[Outgoing] = Table("outbox", self._log)
        self.side = SideTables(self._log)
        self.contacts_shown: dict[str, tuple[tuple[object, ...], dict[str, Any]]] = {}
        self._log.watchers.append(lambda changes: history.write(self, changes))
        self._index_settings()
        self._index_contacts()
        self._index_invoices()
        self._index_payments()
        self._index_journals()

    # ---- building, keeping

    @classmethod
    def build(
        cls,
        template: str,
        *,
        organisation_id: str,
        clock: Clock,
        ids: Ids,
        name: str | None = None,
        history: bool = False,
    ) -> Books:
        """Return new books after `template`: "uk", "au", "nz" or "us". KeyError otherwise."""
        from fauxero.accounting import opening  # it builds on Books

        books = cls(organisation_id=organisation_id, clock=clock, ids=ids)
        opening.fill(books, template, name=name)
        if history:
            opening.add_history(books)
        return books

    @classmethod
    def load(
        cls,
        changes: Iterable[tuple[str, str, Any]],
        *,
        organisation_id: str,
        clock: Clock,
        ids: Ids,
    ) -> Books:
        """Return books as `drain_changes` described them; later rows of an id replace earlier."""
        books = cls(organisation_id=organisation_id, clock=clock, ids=ids)
        for table, key, data in changes:
            if data is None:
                books._log.tables[table].drop(key)
            else:
                books._log.tables[table].put(rowcodec.decode(data))
        books._log.drain()
        return books

    def drain_changes(self) -> Iterator[tuple[str, str, Any]]:
        """(table, id, JSON-able row or None when gone) for all that changed since last asked."""
        for table, key, row in self._log.drain():
            yield table, key, None if row is None else rowcodec.encode(row)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of all that each transaction changed, just before it ends."""
        self._log.watchers.append(watcher)

    def transaction(self) -> AbstractContextManager[None]:
        return self._log.transaction()

    def snapshot(self) -> Snapshot:
        return self._log.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        self._log.restore(snapshot)

    def check(self) -> None:
        """Raise ledger.OutOfBalance unless the ledger follows from the documents."""
        ledger.check(self)
        audit.check(self)

    # ---- time and settings

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        """Today where the organisation is (Xero: documented, a missing Date takes this)."""
        return self.now().astimezone(self.zone).date()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.timezone)

    @property
    def organisation(self) -> Organisation:
        return self._settings[self.organisation_id]

    @property
    def switches(self) -> Switches:
        return self.organisation.switches

    def set_organisation(self, organisation: Organisation) -> None:
        self._settings.put(organisation)

    def set_switches(self, **changes: bool) -> None:
        """Choose another reading of Xero where the evidence is unsure; see rows.Switches.

        Raises BadSwitch for one that there is not, or that is neither on nor off.
        """
        for name, value in changes.items():
            if name not in Switches.__slots__:
                known = ", ".join(Switches.__slots__)
                raise BadSwitch(f"there is no switch {name!r}; there are {known}")
            if not isinstance(value, bool):
                raise BadSwitch(f"{name} may be true or false")
        switches = replace(self.switches, **changes)
        self.set_organisation(replace(self.organisation, switches=switches))

    def system_account_id(self, system_account: str) -> str:
        found = self._system_accounts.first(system_account)
        assert found is not None, f"every template has a {system_account} account"
        return found

    # ---- look-ups

    def account_by_code(self, code: str) -> Account | None:
        found = self._accounts_by_code.first(code)
        return self.accounts[found] if found else None

    def item_by_code(self, code: str) -> Item | None:
        found = self._items_by_code.first(code)
        return self.items[found] if found else None

    def category_by_name(self, name: str) -> TrackingCategory | None:
        found = self._categories_by_name.first(folded(name))
        return self.tracking_categories[found] if found else None

    def options_of(self, category_id: str) -> list[TrackingOption]:
        options = (self.tracking_options[key] for key in self._options_by_category.ids(category_id))
        return sorted(options, key=lambda option: option.position)

    def option_by_name(self, category_id: str, name: str) -> TrackingOption | None:
        found = self._options_by_name.first((category_id, folded(name)))
        return self.tracking_options[found] if found else None

    def active_contact_named(self, name: str) -> Contact | None:
        found = self._active_contacts_by_name.first(folded(name))
        return self.contacts[found] if found else None

    def contact_by_number(self, number: str) -> Contact | None:
        found = self.contacts_by_number.first(number)
        return self.contacts[found] if found else None

    def has_documents(self, contact_id: str, type_: str) -> bool:
        return self._invoices_by_contact_and_type.has((contact_id, type_))

    def invoices_numbered(self, number: str) -> list[Invoice]:
        """Documents of exactly this number, voided and deleted ones too."""
        ids = self.invoices_by_number.ids(folded_text(number))
        if not ids:
            return []
        found = (self.invoices[key] for key in ids)
        return [invoice for invoice in found if invoice.number == number]

    def approved_in_month(self, type_: str, on: date) -> int:
        return self._approved_by_month.count((type_, on.year, on.month))

    def payments_of(self, document_id: str) -> list[Payment]:
        return [self.payments[key] for key in self.payments_by_invoice.ids(document_id)]

    def all_lines(self) -> Iterator[Line | ManualJournalLine]:
        """The lines of every document, whatever its status."""
        for row in chain(self.invoices, self.credits, self.bank_transactions):
            yield from row.lines
        for journal in self.manual_journals:
            yield from journal.lines

    def payable(self, document_id: str) -> Invoice | Credit:
        """What a payment settles: an invoice or a bill, or a credit that is paid back."""
        return self.invoices.get(document_id) or self.credits[document_id]

    # ---- indexes

    def _index_settings(self) -> None:
        self._accounts_by_code: Lookup[Account] = Lookup(lambda row: row.code)
        self._system_accounts: Lookup[Account] = Lookup(lambda row: row.system_account)
        self._items_by_code: Lookup[Item] = Lookup(lambda row: row.code)
        self._categories_by_name: Lookup[TrackingCategory] = Lookup(
            lambda row: folded(row.name) if row.status == "ACTIVE" else None
        )
        self._options_by_category: Lookup[TrackingOption] = Lookup(lambda row: row.category_id)
        self._options_by_name: Lookup[TrackingOption] = Lookup(
            lambda row: (row.category_id, folded(row.name)) if row.status == "ACTIVE" else None
        )
        self.accounts.follow(self._accounts_by_code)
        self.accounts.follow(self._system_accounts)
        self.items.follow(self._items_by_code)
        self.tracking_categories.follow(self._categories_by_name)
        self.tracking_options.follow(self._options_by_category)
        self.tracking_options.follow(self._options_by_name)

    def _index_contacts(self) -> None:
        self.contacts_in_order: Ordered[Contact] = Ordered(lambda row: (row.updated_at, row.id))
        self.contacts_by_status: GroupedOrder[Contact] = GroupedOrder(
            lambda row: row.status, lambda row: (row.updated_at, row.id)
        )
        self._active_contacts_by_name: Lookup[Contact] = Lookup(
            lambda row: folded(row.name) if row.status == "ACTIVE" else None
        )
        self.contacts_by_name: Lookup[Contact] = Lookup(lambda row: folded_text(row.name))
        self.contacts_by_number: Lookup[Contact] = Lookup(lambda row: row.number)
        for index in (
            self.contacts_in_order,
            self.contacts_by_status,
            self._active_contacts_by_name,
            self.contacts_by_name,
            self.contacts_by_number,
        ):
            self.contacts.follow(index)

    def _index_invoices(self) -> None:
        self.invoices_in_order: Ordered[Invoice] = Ordered(lambda row: (row.updated_at, row.id))
        self.invoices_by_status: GroupedOrder[Invoice] = GroupedOrder(
            lambda row: row.status, lambda row: (row.updated_at, row.id)
        )
        self.invoices_by_type: GroupedOrder[Invoice] = GroupedOrder(
            lambda row: row.type, lambda row: (row.updated_at, row.id)
        )
        self.invoices_by_contact: Lookup[Invoice] = Lookup(lambda row: row.contact_id)
        self._invoices_by_contact_and_type: Lookup[Invoice] = Lookup(
            lambda row: (row.contact_id, row.type)
        )
        self.invoices_by_number: Lookup[Invoice] = Lookup(
            lambda row: folded_text(row.number) if row.number else None
        )
        self.invoices_by_reference: Lookup[Invoice] = Lookup(
            lambda row: folded_text(row.reference) if row.reference else None
        )
        self.invoices_by_day: Lookup[Invoice] = Lookup(lambda row: row.on)
        self._approved_by_month: Lookup[Invoice] = Lookup(
            lambda row: (row.type, row.on.year, row.on.month) if row.in_ledger else None
        )
        self.unpaid_by_contact: Lookup[Invoice] = Lookup(
            lambda row: row.contact_id if row.status == "AUTHORISED" else None
        )
        for index in (
            self.invoices_in_order,
            self.invoices_by_status,
            self.invoices_by_type,
            self.invoices_by_contact,
            self._invoices_by_contact_and_type,
            self.invoices_by_number,
            self.invoices_by_reference,
            self.invoices_by_day,
            self._approved_by_month,
            self.unpaid_by_contact,
        ):
            self.invoices.follow(index)

    def _index_payments(self) -> None:
        self.payments_in_order: Ordered[Payment] = Ordered(lambda row: (row.updated_at, row.id))
        self.payments_by_status: GroupedOrder[Payment] = GroupedOrder(
            lambda row: row.status, lambda row: (row.updated_at, row.id)
        )
        self.payments_by_invoice: Lookup[Payment] = Lookup(lambda row: row.invoice_id)
        self.payments_by_batch: Lookup[Payment] = Lookup(lambda row: row.batch_id)
        self.payments_by_reference: Lookup[Payment] = Lookup(
            lambda row: folded_text(row.reference) if row.reference else None
        )
        self.payments_by_day: Lookup[Payment] = Lookup(lambda row: row.on)
        for index in (
            self.payments_in_order,
            self.payments_by_status,
            self.payments_by_invoice,
            self.payments_by_batch,
            self.payments_by_reference,
            self.payments_by_day,
        ):
            self.payments.follow(index)

    def _index_journals(self) -> None:
        self.balances = ledger.Balances()
        self.journals_by_source: Lookup[Journal] = Lookup(lambda row: row.source_id)
        self.journals.follow(self.balances)
        self.journals.follow(self.journals_by_source)
