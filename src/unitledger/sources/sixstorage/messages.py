"""One message's bytes as records, by the profile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unitledger.core.arrivals import Arrived
from unitledger.core.billing import RecordKey, RecordKind
from unitledger.core.refusals import Rule, SourceRefused, refuse
from unitledger.core.source_messages import Message
from unitledger.sources.files.columns import Text
from unitledger.sources.files.fields import Reading
from unitledger.sources.files.records import RecordMaker
from unitledger.sources.sixstorage.profile import HookProfile, MessageForm

ROWS_MAX = 500


class MessageUnreadable(SourceRefused):
    """The body is no JSON object; it stays as it came."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"The message cannot be read: {reason}.", remedy="Look at it, and ask who sent it."
        )


def read_message(profile: HookProfile, body: bytes) -> Message:
    """Raises `MessageUnreadable`. What is wrong with its records stands in the arrivals."""
    content = _load(body)
    event = _text(_at(content, profile.event))
    form = profile.form_of(event)
    zone = profile.reading.zone
    if form is None:
        return Message(event, zone, is_known=False)
    if form.ignore:
        return Message(event, zone)
    if form.void is not None:
        return _void(profile, form, content, event)
    return Message(event, zone, arrived=(_arrived(profile, form, content),))


def _arrived(profile: HookProfile, form: MessageForm, content: Mapping[str, Any]) -> Arrived:
    records_profile = profile.records_of(form)
    columns = records_profile.columns()
    places = {column: place for place, column in enumerate(columns)}
    maker = RecordMaker(records_profile, places)
    rows = [[_text(_at(row, column)) for column in columns] for row in _rows(form, content)]
    if len(rows) > ROWS_MAX:
        refusal = refuse(Rule.GROUP_TOO_LARGE, form.rows or "", group=form.rows, limit=ROWS_MAX)
        return Arrived(records=(), raw=content, refusals=(refusal,))
    reading = Reading()
    records, kinds = maker.make(rows, reading)
    return Arrived(
        records=() if reading.refusals else tuple(records),
        raw=content,
        refusals=tuple(reading.refusals),
        kinds=tuple(kinds),
        fields=maker.columns,
    )


def _void(
    profile: HookProfile, form: MessageForm, content: Mapping[str, Any], event: str
) -> Message:
    key, kind = form.key, RecordKind(form.void or "")
    assert key is not None  # the profile was checked
    columns = key.columns
    read = Text(key, {column: place for place, column in enumerate(columns)})
    value = read([_text(_at(content, column)) for column in columns])
    zone = profile.reading.zone
    if not isinstance(value, str) or not value:
        refusal = (
            refuse(Rule.MISSING_VALUE, read.column, kind=kind) if isinstance(value, str) else value
        )
        arrived = Arrived(records=(), raw=content, refusals=(refusal,), kinds=(kind,))
        return Message(event, zone, arrived=(arrived,))
    return Message(event, zone, void=RecordKey(key.source or profile.source, kind, key.type, value))


def _rows(form: MessageForm, content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The message once, or once for each element of the list, which stands in the list's place."""
    elements = _at(content, form.rows) if form.rows else None
    if not isinstance(elements, list) or not elements:
        yield content
        return
    for element in elements:
        yield _with(content, (form.rows or "").split("."), element)


def _with(content: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    inner = content.get(first)
    put = _with(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value
    return {**content, first: put}


def _at(content: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(content, Mapping):
            return None
        content = content.get(step)
    return content


def _text(value: Any) -> str:
    """A leaf as a cell; numbers as they are written, so that no cent is lost."""
    match value:
        case str():
            return value
        case True:
            return "true"
        case False:
            return "false"
        case None | list() | dict():
            return ""
        case _:
            return str(value)


class _Number(str):
    """A JSON number as it is written."""


def _load(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_no_constant,
        )
    except RecursionError:
        raise MessageUnreadable(reason="it is nested too deeply") from None
    except ValueError as error:
        raise MessageUnreadable(reason=f"it is not JSON ({error})") from None
    if not isinstance(content, dict):
        raise MessageUnreadable(reason="it is not a JSON object")
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MessageUnreadable(reason="it holds half a character (U+D800 to U+DFFF)") from None
    return content


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
