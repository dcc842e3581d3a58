"""The tables beside the documents, with their indexes. `books.side` holds one of these."""

from __future__ import annotations

from fauxero.accounting.side_rows import (
    Attachment,
    BrandingTheme,
    ContactGroup,
    Currency,
    FileContent,
    GroupMember,
    HistoryRecord,
    LinkedTransaction,
    PaymentService,
    Quote,
    RepeatingInvoice,
    StatementLine,
    User,
)
from fauxero.accounting.tables import Log, Lookup, Ordered, Table


class SideTables:
    """Change rows only inside `books.transaction()`, as all others."""

    def __init__(self, log: Log) -> None:
        self.contact_groups: Table[ContactGroup] = Table("contact_groups", log)
        self.group_members: Table[GroupMember] = Table("group_members", log)
        self.currencies: Table[Currency] = Table("currencies", log)
        self.branding_themes: Table[BrandingTheme] = Table("branding_themes", log)
        self.payment_services: Table[PaymentService] = Table("payment_services", log)
        self.users: Table[User] = Table("users", log)
        self.repeating_invoices: Table[RepeatingInvoice] = Table("repeating_invoices", log)
        self.quotes: Table[Quote] = Table("quotes", log)
        self.linked: Table[LinkedTransaction] = Table("linked_transactions", log)
        self.attachments: Table[Attachment] = Table("attachments", log)
        self.files: Table[FileContent] = Table("files", log)
        self.history: Table[HistoryRecord] = Table("history", log)
        self.statement_lines: Table[StatementLine] = Table("statement_lines", log)
        self._index()

    def _index(self) -> None:
        self.members_by_group: Lookup[GroupMember] = Lookup(lambda row: row.group_id)
        self.members_by_contact: Lookup[GroupMember] = Lookup(lambda row: row.contact_id)
        self.group_members.follow(self.members_by_group)
        self.group_members.follow(self.members_by_contact)
        self.quotes_in_order: Ordered[Quote] = Ordered(lambda row: (row.updated_at, row.id))
        self.quotes_by_number: Lookup[Quote] = Lookup(lambda row: row.number)
        self.quotes.follow(self.quotes_in_order)
        self.quotes.follow(self.quotes_by_number)
        self.attachments_by_subject: Lookup[Attachment] = Lookup(lambda row: row.subject_id)
        self.attachments.follow(self.attachments_by_subject)
        self.history_by_subject: Lookup[HistoryRecord] = Lookup(lambda row: row.subject_id)
        self.history.follow(self.history_by_subject)
        self.lines_by_match: Lookup[StatementLine] = Lookup(lambda row: row.matched_id)
        self.statement_lines.follow(self.lines_by_match)

    def groups_of(self, contact_id: str) -> list[ContactGroup]:
        """The active groups a contact is in."""
        ids = self.members_by_contact.ids(contact_id)
        found = [self.contact_groups[self.group_members[key].group_id] for key in ids]
        return [group for group in found if group.status == "ACTIVE"]

    def has_attachments(self, subject_id: str) -> bool:
        return self.attachments_by_subject.has(subject_id)
