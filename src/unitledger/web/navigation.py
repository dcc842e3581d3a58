"""The side navigation: every page that a person can go to, in the order it is shown.

Add a line when a page exists. People see only what their role may open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from unitledger.store.people import Role
from unitledger.web.members import Member

EVERYBODY = frozenset(Role)
BOOKKEEPERS = frozenset({Role.ADMINISTRATOR, Role.BOOKKEEPER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """One page. `also` lists further beginnings of addresses that belong to it."""

    name: str
    page: str  # the name of its address in urls.py
    roles: frozenset[Role] = EVERYBODY
    also: Sequence[str] = ()
    is_below: bool = False  # shown under the entry before it
    every_location: bool = False  # only for who sees every location

    def is_for(self, member: Member) -> bool:
        is_kept_out = self.every_location and not member.sees_every_location
        return member.role in self.roles and not is_kept_out


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    entries: Sequence[Entry]


NAVIGATION: Sequence[Group] = (
    Group("", (Entry("Dashboard", "overview"),)),
    Group(
        "Records",
        (
            Entry("Tenants", "tenants"),
            Entry("Units", "units"),
            Entry("Invoices", "invoices"),
            Entry("Payments", "payments"),
            Entry("Credits and refunds", "credits"),
            Entry("Import", "imports", BOOKKEEPERS, every_location=True),
        ),
    ),
    Group(
        "Books",
        (
            Entry("Differences", "differences"),
            Entry("Tie-out", "tie-out"),
            Entry("Sync runs", "runs", also=("/books/undo/", "/books/first-push")),
            Entry("Dry run", "dry-run", is_below=True),
        ),
    ),
    Group(
        "Reports",
        (
            Entry(
                "Accounting Software Integration Report", "integration-report", also=("/records/",)
            ),
            Entry("Revenue", "revenue"),
            Entry("Receivables", "receivables"),
            Entry("File for Xero", "xero-file", BOOKKEEPERS),
        ),
    ),
    Group(
        "Settings",
        (
            Entry("Integration", "accounting-software", also=("/settings/integration/",)),
            Entry(
                "Accounting Software",
                "accounting-software",
                is_below=True,
                also=("/settings/integration/",),
            ),
            Entry("Locations", "locations"),
            Entry("People", "people", ADMINISTRATORS),
            Entry("Billing source", "billing-source", ADMINISTRATORS),
            Entry("API and webhooks", "api-and-webhooks", ADMINISTRATORS),
            Entry("API keys", "api-keys", ADMINISTRATORS),
            Entry("Notices", "notices", ADMINISTRATORS),
            Entry("Audit log", "audit-log", ADMINISTRATORS),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    name: str
    address: str
    is_current: bool
    below: Sequence[ShownEntry] = ()


@dataclass(frozen=True, slots=True)
class ShownGroup:
    name: str
    entries: Sequence[ShownEntry]


def navigation(member: Member, path: str) -> list[ShownGroup]:
    """What this person sees, with the page at `path` marked."""
    current = _current(member, path)
    shown: list[ShownGroup] = []
    for group in NAVIGATION:
        mine = [each for each in group.entries if each.is_for(member)]
        entries: list[ShownEntry] = []
        for position, each in enumerate(mine):
            if not each.is_below:
                below = [_shown(one, current) for one in _below(mine[position + 1 :])]
                # Where a page below is marked, its heading is not: one page, one mark.
                is_marked = each is current and not any(one.is_current for one in below)
                entries.append(ShownEntry(each.name, reverse(each.page), is_marked, below))
        if entries:
            shown.append(ShownGroup(group.name, entries))
    return shown


def _below(entries: Sequence[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for each in entries:
        if not each.is_below:
            break
        found.append(each)
    return found


def _shown(entry: Entry, current: Entry | None) -> ShownEntry:
    return ShownEntry(entry.name, reverse(entry.page), entry is current)


def _current(member: Member, path: str) -> Entry | None:
    """The entry whose address, or one of whose beginnings, fits best; the lower of equals."""
    best: tuple[int, Entry] | None = None
    for entry in (each for group in NAVIGATION for each in group.entries):
        if not entry.is_for(member):
            continue
        for beginning in (reverse(entry.page), *entry.also):
            fits = path == beginning or (beginning != "/" and path.startswith(beginning))
            if fits and (best is None or len(beginning) >= best[0]):
                best = (len(beginning), entry)
    return best[1] if best else None
