"""Intake: arrivals become records, versions and documents, each row whole or not at all."""

from unitledger.engine.intake.checks import AMOUNT_MAX, Limits
from unitledger.engine.intake.importing import (
    ImportReport,
    Tally,
    currencies_of_books,
    import_source,
)
from unitledger.engine.intake.taking import take_in

__all__ = [
    "AMOUNT_MAX",
    "ImportReport",
    "Limits",
    "Tally",
    "currencies_of_books",
    "import_source",
    "take_in",
]
