"""How states are said and shown: word, shape and colour, always together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.effects import EffectKind, EffectState
from unitledger.store.connections import ConnectionState


@dataclass(frozen=True, slots=True)
class Look:
    """A filled shape asks a person to act; an outline does not."""

    word: str
    shape: str  # of the sprite in `_sprite.html`
    colour: str  # a class of the style sheet


DOCUMENTS = {
    DocumentState.FAILED: Look("Failed", "failed", "bad"),
    DocumentState.NEEDS_ATTENTION: Look("Needs attention", "attention", "warn"),
    DocumentState.WAITING: Look("Waiting", "waiting", "wait"),
    DocumentState.CHANGED: Look("Changed", "changed", "wait"),
    DocumentState.QUEUED: Look("Queued", "queued", "mute"),
    DocumentState.NEW: Look("New", "queued", "mute"),
    DocumentState.DRIFTED: Look("Drifted", "drifted", "drift"),
    DocumentState.SYNCED: Look("Synced", "synced", "ok"),
    DocumentState.SKIPPED: Look("Skipped", "skipped", "mute"),
    DocumentState.OUT_OF_SCOPE: Look("Out of scope", "out", "mute"),
}
SENDING = Look("Sending", "changed", "wait")
UNDER_WAY = Look("Waiting", "waiting", "wait")
KINDS = {
    DocumentKind.CONTACT: "Tenants",
    DocumentKind.INVOICE: "Invoices",
    DocumentKind.PAYMENT: "Payments",
}
NOUNS = {each: f"{name[:-1]},{name}".lower() for each, name in KINDS.items()}  # one, many
CONNECTIONS = {
    ConnectionState.ACTIVE: Look("Connected", "on", "ok"),
    ConnectionState.HELD: Look("Held", "attention", "warn"),
    ConnectionState.PAUSED: Look("Paused", "skipped", "mute"),
    ConnectionState.LOST: Look("Connection lost", "failed", "bad"),
    ConnectionState.DISCONNECTED: Look("Not connected", "out", "mute"),
}
EFFECTS = {
    EffectState.WAITING: Look("Waiting", "waiting", "wait"),
    EffectState.IN_FLIGHT: Look("Sending", "changed", "wait"),
    EffectState.UNKNOWN: Look("Not known yet", "waiting", "wait"),
    EffectState.APPLIED: Look("In Xero", "synced", "ok"),
    EffectState.REFUSED: Look("Refused", "failed", "bad"),
    EffectState.NEEDS_ATTENTION: Look("Needs attention", "attention", "warn"),
    EffectState.SUPERSEDED: Look("Not sent", "skipped", "mute"),
}
EFFECT_KINDS = {
    EffectKind.CREATE_CONTACT: "Contacts",
    EffectKind.UPDATE_CONTACT: "Changed contacts",
    EffectKind.CREATE_INVOICE: "Invoices",
    EffectKind.UPDATE_INVOICE: "Changed invoices",
    EffectKind.VOID_INVOICE: "Voided invoices",
    EffectKind.CREATE_PAYMENT: "Payments",
    EffectKind.DELETE_PAYMENT: "Deleted payments",
}
NOT_CONNECTED = Look("Not connected", "out", "mute")
KEYS_SAVED = Look("Keys saved", "attention", "warn")
EMULATOR = Look("Emulator", "on", "warn")
RUNS = {
    "running": Look("Running", "changed", "wait"),
    "finished": Look("Finished", "synced", "ok"),
    "interrupted": Look("Interrupted", "waiting", "wait"),
    "out_of_quota": Look("Day's limit", "waiting", "wait"),
    "failed": Look("Failed", "failed", "bad"),
}
TRIGGERS = {
    "schedule": "on schedule",
    "event": "by itself",
    "person": "asked for",
    "cli": "command line",
}


def quiet(look: Look) -> Look:
    """The same without its colour: for a state that no record is in."""
    return replace(look, colour="mute")
