"""Refusals: why a row of a file, or a record of a message, was not taken in.

The rule's name is stable: it stands in exports and in stored arrivals. The sentence is made
from the facts. A refusal concerns one row; its neighbours go in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from unitledger.core.billing import RecordKind


class Rule(StrEnum):
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    LINE_TOO_LONG = "line_too_long"
    QUOTES_BROKEN = "quotes_broken"
    CELL_IS_ERROR = "cell_is_error"
    CELLS_MERGED = "cells_merged"
    FORMULA_UNFINISHED = "formula_unfinished"
    GROUP_DIFFERS = "group_differs"
    GROUP_TOO_LARGE = "group_too_large"
    MISSING_VALUE = "missing_value"
    UNKNOWN_VALUE = "unknown_value"
    DATE_FORM_UNKNOWN = "date_form_unknown"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_ABSURD = "date_absurd"
    NOT_A_NUMBER = "not_a_number"
    NOT_YES_OR_NO = "not_yes_or_no"
    TOO_MANY_PLACES = "too_many_places"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    AMOUNT_ABSURD = "amount_absurd"
    PERCENT_ABSURD = "percent_absurd"
    TOTAL_DIFFERS_FROM_LINES = "total_differs_from_lines"
    NO_LINES = "no_lines"
    ALLOCATED_TOO_MUCH = "allocated_too_much"
    ALLOCATED_TWICE = "allocated_twice"
    CURRENCY_UNKNOWN = "currency_unknown"
    CURRENCY_NOT_OF_BOOKS = "currency_not_of_books"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    CONTROL_CHARACTER = "control_character"
    FORMULA = "formula"
    TENANT_UNKNOWN = "tenant_unknown"
    INVOICE_UNKNOWN = "invoice_unknown"
    KEYS_OF_TWO_RECORDS = "keys_of_two_records"
    SAME_KEY_TWICE = "same_key_twice"
    NOT_AN_OBJECT = "not_an_object"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_MISSING = "field_missing"
    WRONG_TYPE = "wrong_type"
    MONEY_NOT_TEXT = "money_not_text"
    KIND_UNKNOWN = "kind_unknown"
    KIND_NOT_KEPT = "kind_not_kept"
    REVISION_CONFLICT = "revision_conflict"
    REVISION_STALE = "revision_stale"
    ZONE_UNKNOWN = "zone_unknown"
    LOCATION_RENAMED = "location_renamed"
    LOCATION_UNKNOWN = "location_unknown"
    NOTHING_TO_VOID = "nothing_to_void"


_WORDINGS: Mapping[Rule, tuple[str, str]] = {
    Rule.TOO_FEW_CELLS: (
        "The row has {count} cells where the header has {expected}.",
        "Add what is missing, or put back the delimiter that was lost.",
    ),
    Rule.TOO_MANY_CELLS: (
        "The row has {count} cells where the header has {expected}; not expected: “{extra}”.",
        "Put cells that contain the delimiter in quotes.",
    ),
    Rule.LINE_TOO_LONG: (
        "The line is longer than {limit} characters.",
        "Look for a lost line break in the file.",
    ),
    Rule.QUOTES_BROKEN: (
        "The quotes of this line cannot be understood: {reason}.",
        "Close every quote, and double a quote that is part of a text.",
    ),
    Rule.CELL_IS_ERROR: (
        "{field} shows the spreadsheet's error {value}.",
        "Correct the formula in the workbook.",
    ),
    Rule.CELLS_MERGED: (
        "{field} is merged with other cells ({range}), which leaves open which of them it is for.",
        "Take the merge apart and write the value into each row it is for.",
    ),
    Rule.FORMULA_UNFINISHED: (
        "{field} is a formula that was never worked out.",
        "Open the workbook in a spreadsheet and save it, or write the value.",
    ),
    Rule.GROUP_DIFFERS: (
        "{field} is “{value}” here and “{first}” on the first row of {group}.",
        "Rows of one document say the same about it; correct one of them.",
    ),
    Rule.GROUP_TOO_LARGE: (
        "{group} has more than {limit} rows.",
        "Check that the column that groups rows names the document.",
    ),
    Rule.MISSING_VALUE: ("{field} is empty.", "Fill it in at the source."),
    Rule.UNKNOWN_VALUE: (
        "The profile does not say what “{value}” means.{nearest}",
        "Add it to the profile's values, or correct the cell.",
    ),
    Rule.DATE_FORM_UNKNOWN: (
        "“{value}” is not a date in the form {forms}.",
        "Correct the date, or add its form to the profile's dates.",
    ),
    Rule.DATE_AMBIGUOUS: (
        "“{value}” can be {readings}.",
        "Leave one date form in the profile, the one the file uses.",
    ),
    Rule.DATE_ABSURD: (
        "{value} is outside {first} to {last}.",
        "Correct the year.",
    ),
    Rule.NOT_A_NUMBER: (
        "“{value}” is not a number with “{decimal}” before the decimals.",
        "Correct the amount, or the profile's decimal and thousands marks.",
    ),
    Rule.NOT_YES_OR_NO: (
        "“{value}” is neither yes nor no.",
        "Write yes or no, or list the column's values in the profile.",
    ),
    Rule.TOO_MANY_PLACES: (
        "{value} has more than {places} decimal places.",
        "Round it at the source, as it was billed.",
    ),
    Rule.AMOUNT_NEGATIVE: (
        "{value} is negative.",
        "Enter it at the source as a credit or a refund.",
    ),
    Rule.AMOUNT_NOT_POSITIVE: (
        "{value} is not more than nothing.",
        "Leave the payment out, or enter it at the source as a refund.",
    ),
    Rule.AMOUNT_ABSURD: (
        "{value} is above the limit of {limit}.",
        "Correct the amount, or raise amount_max in the profile.",
    ),
    Rule.PERCENT_ABSURD: ("{value} % is not between 0 and 100 %.", "Correct the percentage."),
    Rule.TOTAL_DIFFERS_FROM_LINES: (
        "Lines add up to {lines}, the total is {total}: {difference} apart.",
        "Correct the line or the total at the source.",
    ),
    Rule.NO_LINES: (
        "The invoice has no lines.",
        "Give it a line, or check the conditions of the lines in the profile.",
    ),
    Rule.ALLOCATED_TOO_MUCH: (
        "{allocated} is allocated of a payment of {amount}.",
        "Correct the allocations or the amount at the source.",
    ),
    Rule.ALLOCATED_TWICE: (
        "Invoice {invoice} is named twice.",
        "Add the two parts together at the source.",
    ),
    Rule.CURRENCY_UNKNOWN: (
        "“{value}” is not the code of a currency.{nearest}",
        "Use the three letters of ISO 4217, such as GBP.",
    ),
    Rule.CURRENCY_NOT_OF_BOOKS: (
        "The record is in {value}; the connected books are in {books}.",
        "Correct the currency in the file or the profile, or connect books in {value}.",
    ),
    Rule.TEXT_EMPTY: ("{field} is empty.", "Fill it in at the source."),
    Rule.TEXT_TOO_LONG: (
        "{field} has {length} characters; {limit} is the limit.",
        "Shorten it at the source.",
    ),
    Rule.CONTROL_CHARACTER: (
        "{field} contains the control character {character}.",
        "Remove it at the source; it often comes from copying out of another program.",
    ),
    Rule.FORMULA: (
        "{field} begins with {character}, as a spreadsheet formula does.",
        "Remove the sign at the beginning, or write the value the formula stands for.",
    ),
    Rule.TENANT_UNKNOWN: (
        "Tenant {tenant} has not arrived.",
        "Import the tenant first, or correct the key.",
    ),
    Rule.INVOICE_UNKNOWN: (
        "Invoice {invoice}, which this payment settles, has not arrived.",
        "Import the invoice first, or correct its number on the payment.",
    ),
    Rule.KEYS_OF_TWO_RECORDS: (
        "Its identifiers belong to {count} different records: {keys}.",
        "Correct the identifiers at the source.",
    ),
    Rule.SAME_KEY_TWICE: (
        "{key} is in this file already, with other content: {differences}.",
        "A key stands for one thing; correct one of the two rows.",
    ),
    Rule.NOT_AN_OBJECT: (
        "The item is {found}, not a JSON object.",
        "Send one object an item, as in the description of the API.",
    ),
    Rule.FIELD_UNKNOWN: (
        "{field} is not a field of {owner}.{nearest}",
        "Remove it, or correct its name: what is not understood is not dropped silently.",
    ),
    Rule.FIELD_MISSING: ("{field} is missing.", "Send it."),
    Rule.WRONG_TYPE: ("{field} is {found}; {wanted} is needed.", "Correct its type."),
    Rule.MONEY_NOT_TEXT: (
        "{field} is a JSON number. Programs read numbers as binary fractions, which lose cents.",
        'Send it as text: "{example}".',
    ),
    Rule.KIND_UNKNOWN: (
        "“{value}” is not a kind of item.{nearest}",
        "Use one of {kinds}.",
    ),
    Rule.KIND_NOT_KEPT: (
        "unitledger does not keep {value}s yet, so this one was not taken in.",
        "Enter it in Xero by hand until it does; nothing of it was kept here.",
    ),
    Rule.REVISION_CONFLICT: (
        "Revision {revision} was taken in already, with other content: {differences}.",
        "Send a changed item with a higher revision.",
    ),
    Rule.REVISION_STALE: (
        "Revision {revision} is older than {held}, which was taken in already.",
        "Nothing to do, if messages overtook each other; otherwise send a higher revision.",
    ),
    Rule.ZONE_UNKNOWN: (
        "“{value}” is not the name of a time zone.{nearest}",
        "Use a name of the IANA list, such as Europe/London.",
    ),
    Rule.LOCATION_RENAMED: (
        "The location {id} is known here as “{held}”, not “{value}”.",
        "Keep its name: mappings, routes and earlier records go by it.",
    ),
    Rule.LOCATION_UNKNOWN: (
        "The location “{value}” is not known.{nearest}",
        "Send the location first: its time zone decides on which day a record counts.",
    ),
    Rule.NOTHING_TO_VOID: (
        "The {what} {value}, which is to be voided, has not arrived.",
        "Send the {what} itself first, then read this message again.",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a row stayed out: where, which rule, what is wrong, what to do."""

    rule: Rule
    field: str  # a column of the file where there is one, otherwise our name of the field
    message: str
    remedy: str
    kind: RecordKind | None = None

    def as_content(self) -> dict[str, str]:
        """The stored form."""
        content = {
            "rule": str(self.rule),
            "field": self.field,
            "message": self.message,
            "remedy": self.remedy,
        }
        return {**content, "kind": str(self.kind)} if self.kind else content


def refuse(rule: Rule, field: str, *, kind: RecordKind | None = None, **facts: object) -> Refusal:
    """The refusal with its sentence; a fact the wording needs and was not given is a KeyError."""
    sentence, remedy = _WORDINGS[rule]
    known = {"field": field, **facts}
    return Refusal(
        rule=rule,
        field=field,
        message=sentence.format(**known),
        remedy=remedy.format(**known),
        kind=kind,
    )


class SourceRefused(Exception):
    """A whole file or profile cannot be used; nothing was written. The text is for people."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy
