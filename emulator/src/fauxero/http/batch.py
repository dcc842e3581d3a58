"""Writing one element or many, in Xero's two batch modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fauxero.accounting.books import Books
from fauxero.accounting.resource import Element, Outcome

Write = Callable[[Element], Outcome]


class _Refused(Exception):
    """Rolls the books back; never leaves this module."""


@dataclass(frozen=True, slots=True)
class Written:
    """The outcomes, one an element and in order, and whether the request was refused."""

    outcomes: Sequence[Outcome]
    is_refused: bool


def write_all(
    books: Books,
    elements: Sequence[Element],
    write: Write,
    *,
    summarizes_errors: bool,
    saves_in_part: bool,
) -> Written:
    """Write every element. Whatever a write raises leaves the books untouched.

    Xero: documented. Summarizing (the default), one bad element refuses the whole request and
    nothing is saved; otherwise each element has its own fate.
    """
    outcomes: list[Outcome] = []
    is_refused = False
    try:
        with books.transaction():
            outcomes += [write(element) for element in elements]
            is_refused = summarizes_errors and any(outcome.errors for outcome in outcomes)
            if is_refused and not saves_in_part:
                raise _Refused
    except _Refused:
        pass
    return Written(outcomes, is_refused)


def marked(outcome: Outcome, *, has_status: bool) -> Element:
    """Return the element as an answer shows it: with its errors, warnings and status."""
    if not (has_status or outcome.errors or outcome.warnings):
        return outcome.element
    element = dict(outcome.element)
    if has_status:
        status = "ERROR" if outcome.errors else ("WARNING" if outcome.warnings else "OK")
        element["StatusAttributeString"] = status
    if outcome.errors:
        # Documents say HasErrors, everything else HasValidationErrors (recorded on the wire).
        element["HasErrors" if "HasErrors" in element else "HasValidationErrors"] = True
        element["ValidationErrors"] = [{"Message": message} for message in outcome.errors]
    if outcome.warnings:
        element["Warnings"] = [{"Message": message} for message in outcome.warnings]
    return element
