"""The real receivables ledger, where the file is at hand."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Database
from unitledger.core.arrivals import Outcome
from unitledger.core.billing import RecordKind

EXAMPLES = Path(__file__).parents[2] / "examples"
LEDGER = Path(os.environ.get("UNITLEDGER_LEDGER", ""))

pytestmark = pytest.mark.skipif(
    not LEDGER.is_file(), reason="UNITLEDGER_LEDGER does not name the receivables ledger"
)


def test_the_ledger_goes_in_whole_and_a_second_time_changes_nothing(database: Database) -> None:
    from django.db.models import Sum

    from unitledger.engine.intake import import_source
    from unitledger.sources.files import load_profile, open_file
    from unitledger.store import models
    from unitledger.system import DatabaseClock

    operator = models.Operator.objects.create(name="Tumblewick Storage", handle_key="tw")
    source = open_file(LEDGER, load_profile(EXAMPLES / "ar-ledger.toml"))

    first = import_source(operator_id=operator.pk, source=source, clock=DatabaseClock())
    second = import_source(operator_id=operator.pk, source=source, clock=DatabaseClock())

    assert first.tally.rows_read == 2466
    assert first.tally.rows_refused == 0
    assert first.tally.records[RecordKind.TENANT, Outcome.CREATED] == 100
    assert first.tally.records[RecordKind.INVOICE, Outcome.CREATED] == 2466
    assert first.tally.records[RecordKind.PAYMENT, Outcome.CREATED] == 2466
    assert second.tally.count(Outcome.UNCHANGED) == 100 + 2 * 2466
    assert second.tally.count(Outcome.CREATED) + second.tally.count(Outcome.CHANGED) == 0
    assert models.Location.objects.count() == 5
    assert models.Document.objects.count() == 100 + 2 * 2466
    totals = [
        model.objects.aggregate(total=Sum(column))["total"]
        for model, column in ((models.Invoice, "total"), (models.Payment, "amount"))
    ]
    assert totals == [Decimal("147703.18")] * 2
