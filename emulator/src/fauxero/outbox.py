"""All that Xero would have sent to a person. A well-behaved integration leaves it empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fauxero.world import World


def outbox(world: World) -> list[dict[str, Any]]:
    """Every organisation's outgoing mail, oldest first."""
    found = [
        {
            "organisation_id": host.id,
            "kind": mail.kind,
            "document_id": mail.document_id,
            "contact_id": mail.contact_id,
            "at": mail.at.isoformat(),
            "detail": mail.detail,
        }
        for host in world.organisations.values()
        for mail in host.books.outbox
    ]
    return sorted(found, key=lambda mail: mail["at"])
