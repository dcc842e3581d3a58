"""Puts the adapters together. The one module that knows every one of them."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitledger import installation
from unitledger.books.xero.books import XeroBooks
from unitledger.books.xero.identity import (
    SCOPES,
    XERO_API_ROOT,
    XERO_IDENTITY_URL,
    XERO_LOGIN_URL,
    XeroIdentity,
)
from unitledger.books.xero.settings_copy import XeroSettings
from unitledger.core.chart import Chart
from unitledger.core.file_mapping import FileMapping, profile_content
from unitledger.core.file_sample import Guess, Known, Sample
from unitledger.core.mapping import Mapping
from unitledger.core.refusals import SourceRefused
from unitledger.core.source_items import ItemKind, SourceItem
from unitledger.core.source_messages import Message
from unitledger.engine.installation_mark import check_installation_mark
from unitledger.engine.tools import Tools
from unitledger.outbound import AddressRefused as AddressRefused
from unitledger.outbound import Mailer, Poster
from unitledger.rehearsing import ProcessStage
from unitledger.sources import codes, sixstorage, wire
from unitledger.sources.files import ProfiledFile, load_profile, open_file, parse_profile
from unitledger.sources.files.guessing import charge_types, guess
from unitledger.sources.files.profile_text import profile_text
from unitledger.sources.files.sampling import sample
from unitledger.system import DatabaseClock, RandomIds
from unitledger.vault import KeyVault

SCOPE_REASONS = SCOPES  # each scope, and what it is asked for
CONSENT_SCOPES = tuple(SCOPES)
SET_UP_LETTERS = 24  # 120 bits
API_PATH = "/api.xro/2.0"
SOURCE_SIGNATURE = sixstorage.HEADER
_MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True)
class XeroAddresses:
    """Where Xero is, or what stands in for it."""

    login: str
    identity: str
    api_root: str

    @property
    def is_emulator(self) -> bool:
        return self.api_root != XERO_API_ROOT


XERO = XeroAddresses(login=XERO_LOGIN_URL, identity=XERO_IDENTITY_URL, api_root=XERO_API_ROOT)


def emulator(url: str) -> XeroAddresses:
    """An emulator answers for all three under one address."""
    return XeroAddresses(login=url, identity=url, api_root=url)


def addresses(folder: Path | None = None) -> XeroAddresses:
    """UNITLEDGER_XERO_URL, or what this installation was set up with, or Xero itself.

    An installation that began with an emulator stays with it, also while none runs: its tokens
    are never shown to Xero, nor the other way round.
    """
    chosen = os.environ.get("UNITLEDGER_XERO_URL")
    if chosen:
        return emulator(chosen.rstrip("/"))
    file = _emulator_file(folder)
    return emulator(file.read_text(encoding="utf-8").strip()) if file.exists() else XERO


def use_emulator(url: str, folder: Path | None = None) -> None:
    """Make this installation one of an emulator, at this address from now on."""
    _write(_emulator_file(folder), url.rstrip("/"))


def is_emulated(folder: Path | None = None) -> bool:
    return addresses(folder).is_emulator


def make_tools(folder: Path | None = None) -> Tools:
    """The adapters of this installation. Needs an open database."""
    where = addresses(folder)
    return Tools(
        books=XeroBooks(f"{where.api_root}{API_PATH}"),
        identity=XeroIdentity(
            login_url=where.login, identity_url=where.identity, api_root=where.api_root
        ),
        vault=KeyVault(installation.encryption_key(folder)),
        clock=DatabaseClock(),
        ids=RandomIds(),
    )


def open_import(file: Path, profile: Path) -> ProfiledFile:
    """A file to import, checked as a whole. Raises `core.refusals.SourceRefused`."""
    return open_file(file, load_profile(profile))


def read_codes(file: Path) -> tuple[Mapping, Chart]:
    """Account codes and rates in a file. Raises `core.refusals.SourceRefused`."""
    return codes.read_codes(file.read_text(encoding="utf-8", errors="replace"))


def open_with_text(file: Path, profile: str) -> ProfiledFile:
    """As `open_import`, with a profile's text."""
    return open_file(file, parse_profile(profile, name="here"))


def check_import_profile(text: str, *, name: str) -> str:
    """The name that a profile gives itself. Raises `core.refusals.SourceRefused`."""
    return parse_profile(text, name=name).name


def columns_of_profile(text: str) -> frozenset[str]:
    """The columns a profile needs; none where it is no profile."""
    try:
        return frozenset(parse_profile(text, name="it").columns())
    except SourceRefused:
        return frozenset()


def look_at_file(file: Path, *, sheet: str = "", delimiter: str = "") -> Sample:
    """Raises `core.refusals.SourceRefused` where the file is no table."""
    return sample(file, sheet=sheet, delimiter=delimiter)


def guess_mapping(found: Sample, known: Known, *, name: str) -> Guess:
    return guess(found, known, name=name)


def charge_words(found: Sample, column: str) -> dict[str, str]:
    """The words of a column, each with the kind of charge it seems to mean."""
    return charge_types(found, column)


def mapping_as_profile(mapping: FileMapping) -> str:
    """The TOML of a mapping. Raises `core.refusals.SourceRefused`, naming what is wrong."""
    text = profile_text(profile_content(mapping))
    parse_profile(text, name=mapping.name)
    return text


def read_wire_items(
    raws: Sequence[Any], *, kind: ItemKind | None, first: int = 1
) -> list[SourceItem]:
    """Items as the API takes them, each read by itself; `kind`: what all of them are."""
    return wire.read_items(raws, kind=kind, first=first)


def read_wire_item(raw: Any, position: int) -> SourceItem:
    return wire.read_item(raw, kind=None, position=position)


def wire_schemas() -> dict[str, Any]:
    """The items' JSON schemas by name, as an OpenAPI document holds them."""
    return wire.schemas()


def can_rehearse() -> bool:
    """Whether the emulator is installed here: it comes with the extra `demo`."""
    return ProcessStage.is_possible()


def rehearsal_stage() -> ProcessStage:
    return ProcessStage(installation.home() / "rehearsals")


def settings_reader() -> XeroSettings:
    """Reads settings as they are answered, for a rehearsal."""
    return XeroSettings(f"{addresses().api_root}{API_PATH}")


def webhook_poster() -> Poster:
    """Posts to addresses that people gave; into private networks only where the installation
    says so."""
    return Poster(may_be_private=os.environ.get("UNITLEDGER_WEBHOOKS_PRIVATE") == "1")


def mailer() -> Mailer:
    """Sends notices, where the installation says by which server."""
    return Mailer(
        server=os.environ.get("UNITLEDGER_SMTP", ""),
        sender=os.environ.get("UNITLEDGER_MAIL_FROM") or "unitledger@localhost",
    )


def read_hook_message(profile: str, body: bytes) -> Message:
    """Raises `core.refusals.SourceRefused` where the profile or the message is unreadable."""
    return sixstorage.read_message(_hook_profile(profile), body)


def check_hook_profile(profile: str) -> None:
    """Raises `core.refusals.SourceRefused`, naming every wrong setting."""
    sixstorage.parse_profile(profile)


def example_hook_profile() -> str:
    return sixstorage.example_profile()


def is_signed_by_source(body: bytes, header: str, secret: str) -> bool:
    return sixstorage.is_signed(body, header, secret=secret)


@functools.lru_cache(maxsize=64)
def _hook_profile(text: str) -> sixstorage.HookProfile:
    return sixstorage.parse_profile(text)


@functools.cache
def shared_tools() -> Tools:
    """One set for a long-lived process: its connections to Xero are kept open and shared."""
    return make_tools()


def set_up_token() -> str:
    """What the first person shows to claim this installation: known to whoever can read the
    output of `unitledger web`, worth nothing once there is an operator."""
    digest = hmac.new(installation.encryption_key(), b"first-run", hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:SET_UP_LETTERS].lower()


def check_place(folder: Path | None = None) -> None:
    """Hold the connections where the database was restored or moved (see installation_mark).

    Machines that share one database share its mark by UNITLEDGER_MARK.
    """
    shared = os.environ.get("UNITLEDGER_MARK")
    if shared:
        check_installation_mark(shared, ids=_Fixed(shared))
        return
    file = (folder or installation.home()) / "installation.mark"
    kept = _kept_mark(file)
    mark = check_installation_mark(kept, ids=RandomIds())
    if mark != kept:
        _write(file, json.dumps({"mark": mark, "machine": _machine()}))


@dataclass(frozen=True)
class _Fixed(RandomIds):
    """Gives the mark that the operator of several machines chose."""

    mark: str

    def state_token(self) -> str:
        return self.mark


def _kept_mark(file: Path) -> str | None:
    """The mark, unless the folder was carried to another machine together with it."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return kept["mark"] if kept.get("machine") == _machine() else None


def _machine() -> str:
    return _MACHINE_ID.read_text(encoding="ascii").strip() if _MACHINE_ID.exists() else ""


def _emulator_file(folder: Path | None) -> Path:
    return (folder or installation.home()) / "emulator.url"


def _write(file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.new")
    file.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
