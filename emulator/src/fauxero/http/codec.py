"""JSON as Xero reads and writes it; XML is beside it, in xml_codec.

Numbers are exact both ways: a decimal comes in as the digits that were sent and goes out with
the decimals it has. Dates go out as `/Date(ms+0000)/` (documented, and recorded on the wire).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import simplejson

from fauxero.accounting.fields import quoted
from fauxero.accounting.resource import BadPostData, Element, Pagination
from fauxero.http.field_names import BY_LOWER_CASE, SPELLINGS

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
DEPTH_MAX = 40


def milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND


def wire_date(value: date) -> str:
    """`/Date(ms+0000)/` of an instant, or of a calendar day at midnight UTC."""
    if isinstance(value, datetime):
        return f"/Date({milliseconds(value)}+0000)/"
    return f"/Date({(value.toordinal() - _EPOCH_DAY) * _DAY_MS}+0000)/"


def envelope_date(at: datetime) -> str:
    """Recorded on the wire: the envelope's own time carries no offset."""
    return f"/Date({milliseconds(at)})/"


def companion(value: date) -> str:
    """`DateString` is a day without a zone, `UpdatedDateUTCString` an instant with Z."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).isoformat()[:19]}Z"
    return f"{value.isoformat()}T00:00:00"


def _leftover(value: Any) -> Any:
    if isinstance(value, date):
        return wire_date(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def dump(data: Any) -> bytes:
    try:
        return orjson.dumps(data, default=_outgoing, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # an echo of what orjson cannot carry: a huge number, half a surrogate pair
        return _dump_anything(data)


def _outgoing(value: Any) -> Any:
    """A decimal goes out with the digits it has."""
    if type(value) is Decimal:
        return orjson.Fragment(str(value))
    return _leftover(value)


def _dump_anything(data: Any) -> bytes:
    return simplejson.dumps(
        data, use_decimal=True, default=_leftover, separators=(",", ":")
    ).encode()


def with_companions(row: Element, names: Collection[str]) -> Element:
    """Put `<Field>String` before each date field of `names` that the row has."""
    shown: Element = {}
    for key, value in row.items():
        if key in names and isinstance(value, date):  # a refused element echoes what was sent
            shown[f"{key}String"] = companion(value)
        shown[key] = value
    return shown


def response(
    *,
    answer_id: str,
    provider: str,
    at: datetime,
    name: str,
    element_name: str,
    rows: Sequence[Element],
    pagination: Pagination | None = None,
) -> bytes:
    """Return a success. JSON has no use for `element_name`; XML does."""
    body: Element = {
        "Id": answer_id,
        "Status": "OK",
        "ProviderName": provider,
        "DateTimeUTC": envelope_date(at),
    }
    if pagination is not None:
        body["pagination"] = {
            "page": pagination.page,
            "pageSize": pagination.page_size,
            "pageCount": pagination.page_count,
            "itemCount": pagination.item_count,
        }
    body[name] = rows
    return dump(body)


def parse_elements(body: bytes, *, name: str, element_name: str) -> list[Element]:
    """Return the elements a body carries.

    Accepts `{"Invoices": [...]}`, `{"Invoice": {...}}`, a bare object and a bare list, with keys
    in any case. Raises BadPostData for anything else.
    """
    data = _load(body)
    if isinstance(data, list):
        return [_element(part, name) for part in data]
    if not isinstance(data, dict):
        raise BadPostData(f"Error converting value to type '{element_name}'. Path ''.")
    for key, value in data.items():
        # A bare tracking option has no list in it; a bare invoice has Payments, but no Invoices.
        if key.lower() == name.lower() and isinstance(value, list):
            return [_element(part, name) for part in value]
        if len(data) == 1 and key.lower() in (name.lower(), element_name.lower()):
            return [_element(value, name)]
    return [_element(data, name)]


def _load(body: bytes) -> Any:
    if not body.strip():
        raise BadPostData("No data was posted: the request has no body.")
    try:
        return simplejson.loads(body, use_decimal=True, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadPostData("The body is not UTF-8.") from None
    except RecursionError:
        raise BadPostData("The body is nested too deeply.") from None
    except simplejson.JSONDecodeError as error:
        raise BadPostData(
            f"Unexpected character encountered while parsing value. {error.msg}, "
            f"line {error.lineno}, position {error.colno}."
        ) from None
    except ValueError:  # a number of thousands of digits, which Python will not read
        raise BadPostData("Error converting value to type 'System.Decimal'. Path ''.") from None


def _refuse_constant(text: str) -> Any:
    raise BadPostData(f"Unexpected character encountered while parsing value: {text}.")


def _element(data: Any, name: str) -> Element:
    if not isinstance(data, Mapping):
        raise BadPostData(f"Error converting value {quoted(data)} to an object. Path '{name}[0]'.")
    return spelled(data)


def spelled(data: Any, depth: int = 0) -> Any:
    """Return `data` with every known key in Xero's spelling."""
    if depth > DEPTH_MAX:
        raise BadPostData("The body is nested too deeply.")
    if type(data) is list:
        return [spelled(part, depth + 1) for part in data]
    if type(data) is not dict:
        return data
    sent: Element = data
    found: Element = {}
    for key, value in sent.items():
        name = key if key in SPELLINGS else BY_LOWER_CASE.get(key.lower(), key)
        kind = type(value)  # of what a JSON reader makes: never a kind of dict or list
        found[name] = spelled(value, depth + 1) if kind is dict or kind is list else value
    return found


def plain(value: Any) -> Any:
    """Return a value of the books in ordinary JSON: money as text, dates in ISO form."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
