"""XML as Xero reads and writes it: the form it answers in unless JSON is asked for.

The shapes are those of its documentation: `<Response>` around a plural around singulars, `status`
as an attribute where JSON has StatusAttributeString, instants in ISO form without a zone, and
`AppliedAmount` where JSON says Amount of an allocation. Read with expat, and a document type is
refused at its first character: no entity is ever defined, let alone expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from fauxero.accounting.resource import BadPostData, Element, Pagination
from fauxero.http.field_names import BY_LOWER_CASE

DEPTH_MAX = 40
ELEMENTS_MAX = 300_000  # 10 MB of `<a/>` would take half a gigabyte of memory

# Elements that hold a list; every other element with children is one object.
_LISTS = """
Accounts Actions Addresses Allocations Attachments Attributes BankTransactions BankTransfers
BatchPayments BrandingThemes BudgetBalances BudgetLines Budgets Cells ContactGroups ContactPersons
Contacts CreditNotes Currencies Elements Employees ExpenseClaims ExternalLinks Fields
HistoryRecords InvoiceAddresses InvoicePaymentServices InvoiceReminders Invoices Items JournalLines
Journals LineItems LinkedTransactions ManualJournals OnlineInvoices Options Organisations
Overpayments PaymentServices Payments Phones Prepayments PurchaseOrders
PurchasesTrackingCategories Quotes Receipts RepeatingInvoices ReportTitles Reports Rows
SalesTrackingCategories TaxComponents TaxRates Tracking TrackingCategories Users ValidationErrors
Warnings
"""
_LISTS_BY_LOWER_CASE = {name.lower(): name for name in _LISTS.split()}
_ODD_SINGULARS = {"Addresses": "Address", "InvoiceAddresses": "InvoiceAddress"} | {
    "Tracking": "TrackingCategory"
}

# JSON carries these; the documented XML does not.
_JSON_ONLY = frozenset({"HasErrors", "HasValidationErrors", "StatusAttributeString"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACES = (
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def singular(name: str) -> str:
    """The name of one element of a list: LineItems → LineItem, Currencies → Currency."""
    if name in _ODD_SINGULARS:
        return _ODD_SINGULARS[name]
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("s")


# ---- writing


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
    """Return a success. Where the page's figures stand in XML is unsure: before the rows."""
    parts = [_DECLARATION, f"<Response{_NAMESPACES}>"]
    _write(parts, "Id", answer_id)
    _write(parts, "Status", "OK")
    _write(parts, "ProviderName", provider)
    parts.append(f"<DateTimeUTC>{_instant(at)}Z</DateTimeUTC>")
    if pagination is not None:
        shown = {
            "Page": pagination.page,
            "PageSize": pagination.page_size,
            "PageCount": pagination.page_count,
            "ItemCount": pagination.item_count,
        }
        _write(parts, "Pagination", shown)
    parts.append(f"<{name}>")
    for row in rows:
        _write(parts, element_name, row)
    parts.append(f"</{name}></Response>")
    return "".join(parts).encode()


def exception(number: int, kind: str, message: str) -> bytes:
    return _exception(number, kind, message, "")


def validation(number: int, message: str, elements: Sequence[Element], element_name: str) -> bytes:
    """Return a refusal with its elements, each a DataContractBase of its type (documented)."""
    parts: list[str] = ["<Elements>"]
    for element in elements:
        parts.append(f"<DataContractBase xsi:type={quoteattr(element_name)}>")
        _write_fields(parts, element_name, element)
        parts.append("</DataContractBase>")
    parts.append("</Elements>")
    return _exception(number, "ValidationException", message, "".join(parts))


def _exception(number: int, kind: str, message: str, elements: str) -> bytes:
    parts = [_DECLARATION, f"<ApiException{_NAMESPACES}>"]
    _write(parts, "ErrorNumber", number)
    _write(parts, "Type", kind)
    _write(parts, "Message", message)
    parts.append(f"{elements}</ApiException>")
    return "".join(parts).encode()


def _write(parts: list[str], name: str, value: Any) -> None:
    if value is None or not _NAME.match(name):
        return  # a field that the client made up, echoed in a refusal, may have any name
    if isinstance(value, Mapping):
        status = value.get("StatusAttributeString")
        parts.append(f"<{name} status={quoteattr(str(status))}>" if status else f"<{name}>")
        _write_fields(parts, name, value)
        parts.append(f"</{name}>")
    elif isinstance(value, list | tuple):
        parts.append(f"<{name}>")
        for part in value:
            _write(parts, singular(name), part)
        parts.append(f"</{name}>")
    else:
        parts.append(f"<{name}>{_text(value)}</{name}>")


def _write_fields(parts: list[str], name: str, element: Mapping[str, Any]) -> None:
    for key, value in element.items():
        if key in _JSON_ONLY:
            continue
        if key == "Amount" and name == "Allocation":
            key = "AppliedAmount"
        _write(parts, key, value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    return escape(_NOT_IN_XML.sub("�", str(value)))


def _instant(at: datetime) -> str:
    shown = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{shown}.{at.microsecond // 1000:03d}" if at.microsecond else shown


# ---- reading


@dataclass(slots=True)
class _Node:
    name: str
    is_nil: bool = False
    text: list[str] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)


class _Refused(Exception):
    """Stops expat; never leaves this module."""


def parse_elements(body: bytes, *, name: str, element_name: str) -> list[Any]:
    """Return the elements of `<Invoices>`, `<Invoice>` or either inside `<Request>`.

    Names come in any case and go out in Xero's. Every value is a text, an object or a list:
    the resources read types from texts. Raises BadPostData.
    """
    root = _parse(body)
    if root.name.lower() in ("request", "response") and len(root.children) == 1:
        root = root.children[0]
    if root.name.lower() == element_name.lower():
        return [_value(root, is_element=True)]
    if root.name.lower() == name.lower():
        return [_value(child, is_element=True) for child in root.children]
    raise BadPostData(f"<{root.name} xmlns=''> was not expected.")


def _value(node: _Node, *, is_element: bool = False) -> Any:
    if node.is_nil:
        return None
    if not is_element and node.name.lower() in _LISTS_BY_LOWER_CASE and not _said(node):
        return [_value(child) for child in node.children]
    if not node.children and not is_element:
        return "".join(node.text)
    found: Element = {}
    for child in node.children:
        known = _LISTS_BY_LOWER_CASE.get(child.name.lower())
        key = known or BY_LOWER_CASE.get(child.name.lower(), child.name)
        found[key] = _value(child)
    if "AppliedAmount" in found:
        found.setdefault("Amount", found.pop("AppliedAmount"))
    return found


def _said(node: _Node) -> bool:
    """Text where a list should be: kept as text, so that the resource refuses it."""
    return not node.children and bool("".join(node.text).strip())


def _parse(body: bytes) -> _Node:
    top = _Node("")
    path = [top]
    count = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal count
        count += 1
        if len(path) > DEPTH_MAX or count > ELEMENTS_MAX:
            raise _Refused("The body is nested too deeply or has too many elements.")
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        node = _Node(name.rpartition(":")[2], is_nil=local.get("nil") == "true")
        path[-1].children.append(node)
        path.append(node)

    def refuse_doctype(*_: Any) -> None:
        # The words are those of .NET's reader for a document type it must not process.
        raise _Refused("For security reasons DTD is prohibited in this XML document.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = lambda text: path[-1].text.append(text)
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(body, True)
    except _Refused as refusal:
        raise BadPostData(str(refusal)) from None
    except expat.ExpatError as error:
        words = f"There is an error in XML document ({error.lineno}, {error.offset})."
        raise BadPostData(words) from None
    except (UnicodeDecodeError, ValueError, LookupError):  # an encoding that is none, or is wrong
        raise BadPostData("There is an error in XML document (1, 1).") from None
    return top.children[0]
