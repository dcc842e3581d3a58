"""A first mapping for a file: columns recognised by their names, otherwise by their values.

A person looks at it before anything is read with it, so a wrong guess costs a click; what
nothing speaks for is left open.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from unitledger.core.billing import ChargeType
from unitledger.core.currencies import CODES
from unitledger.core.file_mapping import BILLED, FIELDS, FileMapping, RowsAre
from unitledger.core.file_sample import Guess, Known, Sample

BY_NAME, BY_VALUES, BY_RECORDS = "by its name", "by its values", "from your records"
NEAR = 0.86
CHARGE_WORDS_MAX = 60
_SIGNS = re.compile(r"[^a-z0-9%]+")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,' \u00a0\u202f]*")
_UNIT = re.compile(r"[A-Za-z]{1,3}[- ]?[0-9]{1,4}[A-Za-z]?")

# What our fields are called in the exports of others, the surest name first.
_NAMES: Mapping[str, Sequence[str]] = {
    "tenant_number": ("customer no", "customer number", "tenant no", "tenant number",
                      "account no", "account number", "customerid", "customer id", "tenant id",
                      "tenantid", "account code", "customer code", "tenant code"),
    "tenant_name": ("customer", "customer name", "tenant", "tenant name", "name", "full name",
                    "company", "contact name"),
    "email": ("e mail", "email", "email address", "e mail address"),
    "phone": ("phone", "telephone", "phone number", "mobile", "cell"),
    "location": ("location", "site", "facility", "store", "branch", "location name",
                 "facility name", "site name", "property"),
    "unit": ("unit", "space", "unit no", "unit number", "unit name", "locker", "room"),
    "invoice_number": ("invoice no", "invoice number", "invoice", "invoicenumber", "invoice id",
                       "invoice ref", "document no", "document number", "number", "invoice #"),
    "issued_on": ("invoice date", "date", "issue date", "issued", "issued on", "invoicedate",
                  "document date", "billing date"),
    "due_on": ("due date", "due", "duedate", "due on", "payment due"),
    "payment_number": ("receipt no", "receipt number", "payment no", "payment number", "receipt",
                       "payment id", "transaction id", "receipt id", "transaction no"),
    "paid_on": ("payment date", "paid on", "date paid", "receipt date", "settled date",
                "settleddate", "transaction date", "paid"),
    "method": ("payment method", "method", "paid by", "payment type", "tender", "pay method"),
    "currency": ("currency", "currency code", "ccy"),
    "total": ("total", "gross", "invoice total", "invoice amount", "invoiceamount", "total amount",
              "amount due", "gross amount", "total incl tax", "total inc vat"),
    "paid": ("amount", "amount paid", "payment amount", "paid amount", "receipt amount", "total"),
    "includes_tax": ("tax inclusive", "includes tax", "prices include tax"),
    "charge_type": ("type", "charge type", "charge", "category", "item type", "line type"),
    "description": ("description", "text", "details", "item", "memo", "line description"),
    "amount": ("net", "line amount", "net amount", "amount", "line total", "charge amount"),
    "quantity": ("quantity", "qty"),
    "tax_percent": ("tax %", "vat %", "tax rate", "vat rate", "tax percent"),
    "tax_amount": ("tax", "vat", "tax amount", "vat amount", "sales tax"),
    "period_start_on": ("from", "period start", "period from", "start date", "period begin"),
    "period_end_on": ("to", "period end", "period to", "end date", "through"),
    "reference": ("reference", "ref", "order", "po number", "purchase order"),
}  # fmt: skip
_CHARGES: Mapping[ChargeType, Sequence[str]] = {
    ChargeType.RENT: ("rent", "storage", "rental", "unit"),
    ChargeType.INSURANCE: ("insurance", "ins", "protection", "cover"),
    ChargeType.MERCHANDISE: ("merchandise", "shop", "retail", "box", "boxes", "packaging", "goods"),
    ChargeType.LATE_FEE: ("late", "late fee", "penalty", "overdue"),
    ChargeType.RESERVATION_FEE: ("reservation", "booking"),
    ChargeType.DEPOSIT: ("deposit", "bond"),
    ChargeType.DISCOUNT: ("discount", "disc", "promotion", "concession", "promo"),
    ChargeType.SERVICE: ("service", "services", "cleaning"),
    ChargeType.FEE: ("fee", "admin", "administration", "charge"),
}
_DATE_FORMS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%d-%b-%Y"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"),
)
_MONTH_FIRST = re.compile(r"%m[/-]%d")
_DAYS = ("issued_on", "due_on", "paid_on", "period_start_on", "period_end_on")
_AMOUNTS = ("total", "paid", "amount", "tax_amount", "quantity", "tax_percent")


def guess(sample: Sample, known: Known, *, name: str) -> Guess:
    """A mapping to begin with. It may lack fields that are needed."""
    rows_are = _rows_are(sample)
    columns, how = _columns(sample, rows_are)
    dates, is_open = _date_forms(sample, columns, known)
    decimal, thousands = _marks(sample, columns)
    fixed = _fixed(columns, known, rows_are)
    how.update({field: BY_RECORDS for field in ("location", "currency") if fixed.get(field)})
    mapping = FileMapping(
        name=name,
        source=known.source or "6storage",
        rows_are=rows_are,
        zone=known.zone,
        dates=dates,
        columns=columns,
        fixed=fixed,
        charge_types=charge_types(sample, columns.get("charge_type", "")),
        delimiter=sample.delimiter,
        decimal=decimal,
        thousands=thousands,
        sheet=sample.sheet if len(sample.sheets) > 1 else "",
        tenant_type=known.types.get("tenant", "number"),
        invoice_type=known.types.get("invoice", "number"),
        payment_type=known.types.get("payment", "number"),
    )
    return Guess(mapping=mapping, how=how, is_date_open=is_open)


def charge_types(sample: Sample, column: str) -> dict[str, str]:
    """The words of a column, each with the kind of charge it seems to mean, or none."""
    if column not in sample.header:
        return {}
    words = list(dict.fromkeys(sample.values(column)))[:CHARGE_WORDS_MAX]
    return {word: _charge(word) for word in words}


def _charge(word: str) -> str:
    plain = _plain(word)
    for charge, names in _CHARGES.items():
        if plain in names or charge == plain.replace(" ", "_"):
            return str(charge)
    for charge, names in _CHARGES.items():
        if any(re.search(rf"\b{re.escape(each)}", plain) for each in names if len(each) > 3):
            return str(charge)
    return ""


def _plain(text: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return _SIGNS.sub(" ", apart.casefold()).strip()


def _rows_are(sample: Sample) -> RowsAre:
    named = dict(_by_names(sample.header, tuple(_NAMES)))
    if "invoice_number" in named and ("due_on" in named or "issued_on" in named):
        if {"payment_number", "method"} & named.keys() and "due_on" not in named:
            return RowsAre.PAYMENTS
        numbers = sample.values(named["invoice_number"])
        return RowsAre.LINES if len(set(numbers)) < len(numbers) else RowsAre.INVOICES
    if {"payment_number", "paid_on", "method"} & named.keys():
        return RowsAre.PAYMENTS
    return RowsAre.INVOICES if "invoice_number" in named else RowsAre.TENANTS


def _columns(sample: Sample, rows_are: RowsAre) -> tuple[dict[str, str], dict[str, str]]:
    wanted = tuple(each.name for each in FIELDS if rows_are in each.offered)
    columns = dict(_by_names(sample.header, wanted))
    how = dict.fromkeys(columns, BY_NAME)
    left = [column for column in sample.header if column and column not in columns.values()]
    for field, looks in _LOOKS.items():
        if field not in wanted or field in columns:
            continue
        for column in left:
            values = sample.values(column)
            if values and all(looks(value) for value in values[:50]):
                columns[field], how[field] = column, BY_VALUES
                left.remove(column)
                break
    if rows_are in BILLED and "due_on" not in columns and "issued_on" in columns:
        columns["due_on"], how["due_on"] = columns["issued_on"], "as the invoice date"
    return columns, how


def _by_names(header: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each field with its column, each column for one field: the surest pairs first."""
    pairs = sorted(
        (
            (_likeness(_plain(column), names), place, field, column)
            for place, column in enumerate(header)
            if column and header.count(column) == 1
            for field, names in _NAMES.items()
            if field in wanted
        ),
        key=lambda each: (-each[0], each[1]),
    )
    fields: set[str] = set()
    columns: set[str] = set()
    for likeness, _, field, column in pairs:
        if likeness and field not in fields and column not in columns:
            fields.add(field)
            columns.add(column)
            yield field, column


def _likeness(column: str, names: Sequence[str]) -> float:
    if column in names:
        return 2 - names.index(column) / 100
    near = max(difflib.SequenceMatcher(None, column, name).ratio() for name in names)
    return near if near >= NEAR else 0.0


def _is_day(text: str) -> bool:
    return any(_reads(text, form) for form in _DATE_FORMS)


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda text: bool(_MAIL.fullmatch(text)),
    "currency": lambda text: text in CODES,
    "unit": lambda text: bool(_UNIT.fullmatch(text)),
    "issued_on": _is_day,
    "paid_on": _is_day,
}


def _date_forms(
    sample: Sample, columns: Mapping[str, str], known: Known
) -> tuple[tuple[str, ...], bool]:
    """The form in which most days of the sample can be read, and whether two could."""
    texts = {text for field in _DAYS if field in columns for text in sample.values(columns[field])}
    # The most, not all: a file may have a day that does not exist.
    read = {form: sum(_reads(each, form) for each in texts) for form in _DATE_FORMS}
    most = max(read.values())
    fitting = [form for form in _DATE_FORMS if most and read[form] == most]
    if not fitting:
        return (("%Y-%m-%d",) if sample.is_workbook else ("%d/%m/%Y",)), False
    first = [form for form in fitting if bool(_MONTH_FIRST.search(form)) is known.is_month_first]
    is_open = {bool(_MONTH_FIRST.search(form)) for form in fitting} == {True, False}
    return ((first or fitting)[0],), is_open


def _marks(sample: Sample, columns: Mapping[str, str]) -> tuple[str, str]:
    """The marks before the decimals and between thousands, as the amounts have them."""
    if sample.is_workbook:
        return ".", ""
    texts = [
        text
        for field in _AMOUNTS
        if field in columns
        for text in sample.values(columns[field])
        if _NUMBER.fullmatch(text)
    ]
    decimal = "."
    for text in texts:
        last = max(text.rfind("."), text.rfind(","))
        if last >= 0 and len(text) - last - 1 in (1, 2):
            decimal = text[last]
            break
    others = {sign for text in texts for sign in text if sign in ".,' \u00a0\u202f"} - {decimal}
    thousands = next((" " if each in "\u00a0\u202f" else each for each in sorted(others)), "")
    return decimal, thousands


def _fixed(columns: Mapping[str, str], known: Known, rows_are: RowsAre) -> dict[str, str]:
    fixed: dict[str, str] = {}
    if "location" not in columns and len(known.locations) == 1:
        fixed["location"] = known.locations[0]
    if "currency" not in columns and known.currency:
        fixed["currency"] = known.currency
    if rows_are in BILLED:
        if "includes_tax" not in columns:
            fixed["includes_tax"] = (
                "no" if {"tax_amount", "tax_percent"} & columns.keys() else "yes"
            )
        if "charge_type" not in columns:
            fixed["charge_type"] = "rent"
        if "description" not in columns:
            fixed["description"] = "Storage"
    return fixed
