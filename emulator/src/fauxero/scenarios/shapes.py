"""What a scenario file may hold: the kinds of entry, their fields, and the fields they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, AMOUNT, FLAG, DAY, LIST, ANY = "a text", "a number", "true or false", "a day", "a list", "any"


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of one kind of entry. `label` is the field that names an entry in messages."""

    fields: Mapping[str, str]
    needs: tuple[str, ...] = ()
    label: str = "name"
    is_open: bool = False  # further fields are somebody else's to check


LINE = Shape(
    {
        "description": TEXT,
        "quantity": AMOUNT,
        "unit_amount": AMOUNT,
        "line_amount": AMOUNT,
        "account_code": TEXT,
        "item_code": TEXT,
        "tax_type": TEXT,
        "tax_amount": AMOUNT,
        "discount_rate": AMOUNT,
        "tracking": LIST,
    },
    label="description",
)

_DOCUMENT = {
    "contact": TEXT,
    "number": TEXT,
    "date": DAY,
    "reference": TEXT,
    "status": TEXT,
    "line_amount_types": TEXT,
    "type": TEXT,
    "lines": LIST,
}

# In the order they are made: the chart, then people, then documents, then what happened to them.
ENTRIES: Mapping[str, Shape] = {
    "account": Shape(
        {
            "code": TEXT,
            "name": TEXT,
            "type": TEXT,
            "tax_type": TEXT,
            "description": TEXT,
            "payments": FLAG,
            "bank_account_number": TEXT,
            "archived": FLAG,
        },
        needs=("code",),
        label="code",
    ),
    "tracking": Shape({"name": TEXT, "options": LIST, "archived": LIST}, needs=("name",)),
    "item": Shape(
        {
            "code": TEXT,
            "name": TEXT,
            "description": TEXT,
            "price": AMOUNT,
            "account_code": TEXT,
            "tax_type": TEXT,
        },
        needs=("code",),
        label="code",
    ),
    "contact": Shape(
        {
            "name": TEXT,
            "email": TEXT,
            "contact_number": TEXT,
            "account_number": TEXT,
            "first_name": TEXT,
            "last_name": TEXT,
            "archived": FLAG,
        },
        needs=("name",),
    ),
    "invoice": Shape(_DOCUMENT | {"due_date": DAY}, needs=("contact", "lines"), label="number"),
    "credit_note": Shape(_DOCUMENT, needs=("contact", "lines"), label="number"),
    "payment": Shape(
        {
            "invoice": TEXT,
            "amount": AMOUNT,
            "account_code": TEXT,
            "date": DAY,
            "reference": TEXT,
            "reconciled": FLAG,
        },
        needs=("invoice",),
        label="invoice",
    ),
    "act": Shape({"act": TEXT}, needs=("act",), label="act", is_open=True),
}

ORGANISATION = Shape(
    {
        "template": TEXT,
        "name": TEXT,
        "history": FLAG,
        "tier": TEXT,
        "concurrent": AMOUNT,
        "minute": AMOUNT,
        "day": AMOUNT,
        "app_minute": AMOUNT,
        "period_lock": DAY,
        "year_end_lock": DAY,
        "switches": ANY,
    }
    | dict.fromkeys(ENTRIES, LIST)
)
OPENING = ("template", "name", "history", "tier", "concurrent", "minute", "day", "app_minute")

APP = Shape({"name": TEXT, "kind": TEXT, "redirect_uris": LIST}, needs=("name",))
FAULT = Shape({"action": TEXT}, needs=("action",), label="action", is_open=True)
FILE = Shape(
    {
        "name": TEXT,
        "start_at": TEXT,
        "organisation": LIST,
        "app": LIST,
        "fault": LIST,
    }
)
