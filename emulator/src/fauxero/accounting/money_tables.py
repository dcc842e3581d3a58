"""The tables of the money resources, each with its own indexes."""

from __future__ import annotations

from fauxero.accounting.money_rows import (
    Allocation,
    BankTransaction,
    BankTransfer,
    BatchPayment,
    Credit,
    ManualJournal,
)
from fauxero.accounting.tables import GroupedOrder, Log, Lookup, Ordered, OrderKey, Table
from fauxero.accounting.where import folded_text


def _folded(text: str | None) -> str | None:
    return folded_text(text) if text else None


def _by_change(row: Credit | BankTransaction | BatchPayment | ManualJournal) -> OrderKey:
    return (row.updated_at, row.id)


class Credits(Table[Credit]):
    """Credit notes, overpayments and prepayments; `kind` tells which."""

    def __init__(self, log: Log) -> None:
        super().__init__("credits", log)
        self.in_order: Ordered[Credit] = Ordered(_by_change)
        self.by_kind: GroupedOrder[Credit] = GroupedOrder(lambda row: row.kind, _by_change)
        self.by_status: GroupedOrder[Credit] = GroupedOrder(
            lambda row: (row.kind, row.status), _by_change
        )
        self.by_contact: Lookup[Credit] = Lookup(lambda row: row.contact_id)
        self.open_by_contact: Lookup[Credit] = Lookup(
            lambda row: row.contact_id if row.status == "AUTHORISED" else None
        )
        self.by_number: Lookup[Credit] = Lookup(lambda row: _folded(row.number))
        self.by_reference: Lookup[Credit] = Lookup(lambda row: _folded(row.reference))
        self.by_day: Lookup[Credit] = Lookup(lambda row: row.on)
        for index in (self.in_order, self.by_kind, self.by_status, self.by_contact):
            self.follow(index)
        for index in (self.open_by_contact, self.by_number, self.by_reference, self.by_day):
            self.follow(index)

    def numbered(self, number: str) -> list[Credit]:
        """Credits of exactly this number, voided and deleted ones too."""
        found = (self[key] for key in self.by_number.ids(folded_text(number)))
        return [credit for credit in found if credit.number == number]


class Allocations(Table[Allocation]):
    def __init__(self, log: Log) -> None:
        super().__init__("allocations", log)
        self._by_credit: Lookup[Allocation] = Lookup(
            lambda row: None if row.is_deleted else row.credit_id
        )
        self._by_invoice: Lookup[Allocation] = Lookup(
            lambda row: None if row.is_deleted else row.invoice_id
        )
        self.follow(self._by_credit)
        self.follow(self._by_invoice)

    def of_credit(self, credit_id: str) -> list[Allocation]:
        """Those in force, oldest first."""
        return [self[key] for key in self._by_credit.ids(credit_id)]

    def of_invoice(self, invoice_id: str) -> list[Allocation]:
        """Those in force, oldest first."""
        return [self[key] for key in self._by_invoice.ids(invoice_id)]


class BankTransactions(Table[BankTransaction]):
    def __init__(self, log: Log) -> None:
        super().__init__("bank_transactions", log)
        self.in_order: Ordered[BankTransaction] = Ordered(_by_change)
        self.by_status: GroupedOrder[BankTransaction] = GroupedOrder(
            lambda row: row.status, _by_change
        )
        self.by_type: GroupedOrder[BankTransaction] = GroupedOrder(lambda row: row.type, _by_change)
        self.by_contact: Lookup[BankTransaction] = Lookup(lambda row: row.contact_id)
        self.by_account: Lookup[BankTransaction] = Lookup(lambda row: row.account_id)
        self.by_credit: Lookup[BankTransaction] = Lookup(lambda row: row.credit_id)
        self.by_reference: Lookup[BankTransaction] = Lookup(lambda row: _folded(row.reference))
        self.by_day: Lookup[BankTransaction] = Lookup(lambda row: row.on)
        for index in (self.in_order, self.by_status, self.by_type, self.by_contact):
            self.follow(index)
        for index in (self.by_account, self.by_credit, self.by_reference, self.by_day):
            self.follow(index)


class BatchPayments(Table[BatchPayment]):
    def __init__(self, log: Log) -> None:
        super().__init__("batch_payments", log)
        self.in_order: Ordered[BatchPayment] = Ordered(_by_change)
        self.follow(self.in_order)


class BankTransfers(Table[BankTransfer]):
    def __init__(self, log: Log) -> None:
        super().__init__("bank_transfers", log)
        self.in_order: Ordered[BankTransfer] = Ordered(lambda row: (row.created_at, row.id))
        self.follow(self.in_order)


class ManualJournals(Table[ManualJournal]):
    def __init__(self, log: Log) -> None:
        super().__init__("manual_journals", log)
        self.in_order: Ordered[ManualJournal] = Ordered(_by_change)
        self.by_status: GroupedOrder[ManualJournal] = GroupedOrder(
            lambda row: row.status, _by_change
        )
        self.follow(self.in_order)
        self.follow(self.by_status)
