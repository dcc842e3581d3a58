"""What an attempt to write came to: an answer, or none, → verdicts named by who acts next.

The question is never "shall we retry" but "could it have happened". Where the evidence is
incomplete or contradicts itself the verdict is UNKNOWN, and the engine looks at the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unitledger.books.xero.client import NoReply, Reply
from unitledger.books.xero.limits import NOTHING_SAID, read_limits
from unitledger.books.xero.matching import match_rows
from unitledger.books.xero.parse import COLLECTIONS, ID_FIELDS, read_books_at, read_held
from unitledger.books.xero.wire import ZERO_ID, Row, UnexpectedAnswer, load, rows
from unitledger.core.effects import Verdict
from unitledger.core.exchange import Answer, ElementAnswer, WriteRequest

_CONTAINERS = (dict, list)
MESSAGES_MAX = 20
NO_REASON = "Xero gave no reason."
MESSAGE_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """A whole answer that is not a 2xx: its status, a text in its body, and the verdict."""

    statuses: range
    verdict: Verdict
    sample: str = ""  # the text to find, in any case; empty: whatever the body says
    advice: str = ""  # said before Xero's own words


def _only(status: int) -> range:
    return range(status, status + 1)


# The first rule that fits decides. Samples are Xero's own words: documented, or reported
# verbatim by several integrators.
RULES: Sequence[Rule] = (
    # An hour-glass, not a refusal: the token in hand has run out. Nothing was looked at.
    Rule(_only(401), Verdict.NOT_SENT, "TokenExpired"),
    Rule(
        _only(401),
        Verdict.DISCONNECTED,
        "AuthorizationUnsuccessful",
        "The connection lacks a permission (scope): connect Xero again and allow all of it.",
    ),
    Rule(_only(401), Verdict.DISCONNECTED, advice="Xero does not accept the connection's token."),
    Rule(
        _only(403),
        Verdict.DISCONNECTED,
        advice="The organisation is no longer connected, or the person who connected it may "
        "not do this in Xero.",
    ),
    # Documented and reported: a call refused by a limit has done nothing.
    Rule(_only(429), Verdict.NOT_SENT, advice="A limit of Xero's calls is used up."),
    # Another request went out under this key: what became of that one is not known.
    Rule(_only(400), Verdict.UNKNOWN, "is used with a different request"),
    # The far side, or something before it, gave up waiting: it may have passed it on.
    Rule(_only(408), Verdict.UNKNOWN),
    Rule(range(400, 500), Verdict.REQUEST_REFUSED),
    # Documented: the endpoint does not offer the method.
    Rule(_only(501), Verdict.REQUEST_REFUSED),
    Rule(_only(503), Verdict.OFFLINE, "offline for maintenance"),
    Rule(_only(503), Verdict.OFFLINE, "temporarily unavailable"),
    Rule(_only(503), Verdict.OFFLINE, "Organisation is offline"),
    # A 5xx is remembered under its key and replayed; it may have been given after the commit.
    Rule(range(500, 600), Verdict.UNKNOWN),
)
_OTHERWISE = Rule(range(0), Verdict.UNKNOWN, advice="Xero gave an answer of an unknown sort.")

# Texts that say: a number or a name is in use already, perhaps by our own earlier attempt.
# Recorded on the wire, in the API's description, or reported; each has a sample in the tests.
TAKEN_TEXTS: Sequence[str] = (
    "invoice # must be unique",
    "invoice number must be unique",
    "is already assigned to another contact",
    "contact name must be unique",
    "please enter a unique name",
    "another contact has this contact number",
    "contact number must be unique",
)


def classify_write(request: WriteRequest, exchange: Reply | NoReply) -> Answer:
    """Say what came of the request and, where it is known, of each of its elements."""
    if isinstance(exchange, NoReply):
        return _without_answer(exchange)
    if 200 <= exchange.status < 300:
        return _element_by_element(request, exchange)
    whole = _classify_whole(exchange)
    if len(request.handles) == 1 and exchange.status == 400:
        return _only_element(request, exchange, whole)
    return whole


def classify_settings_write(exchange: Reply | NoReply) -> Answer:
    """What came of making one named thing in the organisation's settings: a verdict as a whole.

    A second of the same name is refused (documented, TrackingCategories page), so that a look
    by name settles whatever the answer leaves open.
    """
    if isinstance(exchange, NoReply):
        return _without_answer(exchange)
    data = _json_or_none(exchange)
    messages = _problems(data)[0] if isinstance(data, Mapping) else ()
    if 200 <= exchange.status < 300:
        verdict = _refusal(messages) if messages else Verdict.APPLIED
        return _whole(exchange, verdict, messages, data)
    whole = _classify_whole(exchange)
    if whole.whole is Verdict.REQUEST_REFUSED and messages:
        return _whole(exchange, _refusal(messages), messages, data)
    return whole


def classify_read(exchange: Reply | NoReply) -> Answer:
    """The same table for a read that did not give a 2xx."""
    if isinstance(exchange, NoReply):
        return _without_answer(exchange)
    return _classify_whole(exchange)


def _without_answer(exchange: NoReply) -> Answer:
    return Answer(
        whole=Verdict.UNKNOWN if exchange.may_have_arrived else Verdict.NOT_SENT,
        elements=(),
        limits=NOTHING_SAID,
        http_status=None,
        bytes_read=exchange.bytes_read,
        messages=(exchange.message,),
    )


def _whole(reply: Reply, verdict: Verdict, messages: Sequence[str], data: Any = None) -> Answer:
    return Answer(
        whole=verdict,
        elements=(),
        limits=read_limits(reply.headers),
        http_status=reply.status,
        bytes_read=len(reply.body),
        messages=tuple(messages),
        books_at=read_books_at(data),
    )


def _classify_whole(reply: Reply) -> Answer:
    said = reply.body.decode("utf-8", "replace").lower()
    rule = next(
        (each for each in RULES if reply.status in each.statuses and each.sample.lower() in said),
        _OTHERWISE,
    )
    messages = [rule.advice] if rule.advice else []
    messages += _whole_messages(reply)
    return _whole(reply, rule.verdict, messages or [f"Xero answered {reply.status}."])


def _whole_messages(reply: Reply) -> Sequence[str]:
    """Xero's own words. Recorded: a 404 is a web page and a 429 is empty, so look first."""
    if reply.content_type == "text/plain":
        return _bounded([reply.body.decode("utf-8", "replace").strip()])
    data = _json_or_none(reply)
    if not isinstance(data, Mapping):
        return []
    said = [data.get("Message"), data.get("Title"), data.get("Detail")]
    errors, _ = _problems(data)
    return _bounded([each for each in said if isinstance(each, str)] + list(errors))


def _json_or_none(reply: Reply) -> Any:
    if reply.content_type != "application/json":
        return None
    try:
        return load(reply.body)
    except UnexpectedAnswer:
        return None


def _only_element(request: WriteRequest, reply: Reply, whole: Answer) -> Answer:
    """A 400 about a request of one element that says what is wrong with it.

    The address of a single payment has no summarizeErrors, so its refusal comes like this.
    """
    data = _json_or_none(reply)
    if whole.whole is not Verdict.REQUEST_REFUSED or not isinstance(data, Mapping):
        return whole
    messages, _ = _problems(data.get("Elements"))
    if not messages:
        return whole
    element = ElementAnswer(request.handles[0], _refusal(messages), messages=messages)
    return replace(whole, whole=None, elements=(element,))


def _element_by_element(request: WriteRequest, reply: Reply) -> Answer:
    try:
        data = load(reply.body)
        found = rows(data, COLLECTIONS[request.kind.document_kind])
    except UnexpectedAnswer as error:
        return _whole(reply, Verdict.UNKNOWN, [f"Xero's answer cannot be read: {error}."])
    matched = match_rows(request, found)
    elements = tuple(
        _classify_element(request, handle, matched.get(handle)) for handle in request.handles
    )
    return replace(_whole(reply, Verdict.UNKNOWN, (), data), whole=None, elements=elements)


def _classify_element(request: WriteRequest, handle: str, row: Row | None) -> ElementAnswer:
    if row is None:
        return _unknown(handle, "Xero's answer does not speak of it.")
    errors, warnings = _problems(row)
    xero_id = _id_of(request, row)
    match _says_ok(row, errors, xero_id):
        case None:
            return replace(
                _unknown(handle, "Xero's answer contradicts itself.", *errors),
                xero_id=xero_id,
                warnings=warnings,
            )
        case False if request.kind.is_create and xero_id is not None:
            # Reported: a document may be saved, at a lower status, and complained about.
            return replace(_unknown(handle, *errors), xero_id=xero_id, warnings=warnings)
        case False:
            said = errors or (NO_REASON,)
            return ElementAnswer(handle, _refusal(said), messages=said, warnings=warnings)
        case True:
            return _applied(request, handle, row, warnings)


def _says_ok(row: Row, errors: Sequence[str], xero_id: str | None) -> bool | None:
    """Whether Xero says the element was taken; None where it says both, or nothing.

    Recorded: the echoed Status of a refused element is the wanted one, so only
    StatusAttributeString counts, and without it the errors and the id.
    """
    said = row.get("StatusAttributeString")
    flagged = row.get("HasErrors") is True or row.get("HasValidationErrors") is True
    if said == "ERROR":
        return False
    if errors or flagged:
        return None if said is not None or xero_id is not None else False
    if said in ("OK", "WARNING", None):
        return True if xero_id is not None else None
    return None


def _applied(
    request: WriteRequest, handle: str, row: Row, warnings: Sequence[str]
) -> ElementAnswer:
    try:
        held = read_held(request.kind.document_kind, row)
    except UnexpectedAnswer as error:
        return replace(
            _unknown(handle, f"Xero's answer cannot be read: {error}."), warnings=warnings
        )
    return ElementAnswer(
        handle, Verdict.APPLIED, xero_id=held.xero_id, warnings=warnings, held=held
    )


def _unknown(handle: str, *messages: str) -> ElementAnswer:
    return ElementAnswer(handle, Verdict.UNKNOWN, messages=messages)


def _refusal(messages: Sequence[str]) -> Verdict:
    """The one place where prose decides. A text that is not known is a refusal for a person."""
    said = "\n".join(messages).lower()
    return Verdict.TAKEN if any(each in said for each in TAKEN_TEXTS) else Verdict.REFUSED


def _id_of(request: WriteRequest, row: Row) -> str | None:
    found = row.get(ID_FIELDS[request.kind.document_kind])
    return found if isinstance(found, str) and found not in ("", ZERO_ID) else None


def _problems(data: Any) -> tuple[Sequence[str], Sequence[str]]:
    """Errors and warnings in the data, at any depth: lines and contacts carry their own."""
    errors: list[str] = []
    warnings: list[str] = []
    _collect(data, errors, warnings)
    return _bounded(errors), _bounded(warnings)


def _collect(data: Any, errors: list[str], warnings: list[str]) -> None:
    # Exact types: this walks every value of every answer, and a JSON reader makes no others.
    if type(data) is dict:
        for key, value in data.items():
            if not value or type(value) not in _CONTAINERS:
                continue
            if key == "ValidationErrors":
                errors.extend(_texts(value))
            elif key == "Warnings":
                warnings.extend(_texts(value))
            else:
                _collect(value, errors, warnings)
    elif type(data) is list:
        for each in data:
            _collect(each, errors, warnings)


def _texts(problems: Any) -> Iterator[str]:
    """Documented on one page as `Description`, elsewhere and on the wire as `Message`."""
    for each in problems if isinstance(problems, list) else [problems]:
        found = each
        if isinstance(each, Mapping):
            found = each.get("Message") or each.get("Description")
        # A problem without words is still one: it must not read as success.
        yield found if isinstance(found, str) and found else NO_REASON


def _bounded(messages: Sequence[str]) -> tuple[str, ...]:
    """Each text once, in order, of a length that fits a page."""
    once = dict.fromkeys(each[:MESSAGE_LENGTH_MAX] for each in messages if each)
    return tuple(once)[:MESSAGES_MAX]
