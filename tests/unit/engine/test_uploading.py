"""Uploaded files: kept apart, checked without keeping anything, taken in as the command does."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.connected import new_operator
from unitledger import wiring
from unitledger.core.file_mapping import FileMapping, RowsAre
from unitledger.core.refusals import SourceRefused
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.engine.uploading import asking, keeping, profiles
from unitledger.engine.uploading.knowing import known
from unitledger.engine.uploading.working import GONE_AFTER, open_uploads, work_off
from unitledger.store.models import (
    AuditEntry,
    ImportRun,
    Invoice,
    SourceRecord,
    Tenant,
    Upload,
    UploadPart,
)
from unitledger.store.uploads import PartPurpose
from unitledger.system import DatabaseClock

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HEADER = "Customer no,Customer,Invoice no,Date,Due,Gross"
GOOD = "1001,Imogen Starling,INV-1,01/03/2026,15/03/2026,96.00"
OTHER = "1002,Rufus Pember,INV-2,01/03/2026,15/03/2026,60.00"
BAD = "=cmd(),Ottoline,INV-3,31/02/2026,15/03/2026,10.00"
MAPPING = FileMapping(
    name="Invoices",
    source="6storage",
    rows_are=RowsAre.INVOICES,
    zone="Europe/London",
    dates=("%d/%m/%Y",),
    columns={
        "tenant_number": "Customer no",
        "tenant_name": "Customer",
        "invoice_number": "Invoice no",
        "issued_on": "Date",
        "due_on": "Due",
        "total": "Gross",
    },
    fixed={
        "location": "Quay",
        "currency": "GBP",
        "includes_tax": "yes",
        "charge_type": "rent",
        "description": "Storage",
    },
)


@pytest.fixture
def operator_id() -> int:
    return new_operator("Quay")


def uploaded(operator_id: int, *rows: str, name: str = "invoices.csv") -> Upload:
    content = "\n".join([HEADER, *rows]).encode()
    pieces = (content[start : start + 7] for start in range(0, len(content), 7))
    return keeping.keep(operator_id, name=name, pieces=pieces, by=COMMAND_LINE, now=NOW)


def checked(upload: Upload, mapping: FileMapping = MAPPING) -> Upload:
    asking.ask_check(
        upload.pk,
        profile=wiring.mapping_as_profile(mapping),
        profile_name=mapping.name,
        mapping=mapping.as_content(),
        by=COMMAND_LINE,
        now=NOW,
    )
    return worked(upload)


def imported(upload: Upload) -> Upload:
    asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    return worked(upload)


def told(content: dict[str, Any] | None) -> dict[str, Any]:
    assert content is not None
    return content


def worked(upload: Upload, **kwargs: Any) -> Upload:
    work_off(upload.pk, clock=DatabaseClock(), open_source=wiring.open_with_text, **kwargs)
    upload.refresh_from_db()
    return upload


def test_a_check_says_everything_and_keeps_nothing_then_the_import_does_just_that(
    operator_id: int,
) -> None:
    upload = checked(uploaded(operator_id, GOOD, BAD, OTHER))

    assert (upload.state, upload.message) == ("checked", "")
    said = told(upload.check_result)
    assert (said["rows_read"], said["rows_refused"]) == (3, 1)
    assert said["counts"]["created"] == 4
    (refused,) = said["refused"]
    assert (refused["row"], refused["cells"]["Invoice no"]) == (3, "INV-3")
    assert {each["field"] for each in refused["reasons"]} == {"Date"}
    assert not SourceRecord.objects.exists()
    assert not ImportRun.objects.exists()

    upload = imported(upload)
    assert (upload.state, upload.percent) == ("done", 100)
    assert told(upload.result)["counts"] == said["counts"]
    assert set(Invoice.objects.values_list("number", flat=True)) == {"INV-1", "INV-2"}
    assert upload.import_run_id == ImportRun.objects.get().pk
    assert ImportRun.objects.get().file_name == "invoices.csv"
    assert not UploadPart.objects.filter(purpose="file").exists()

    correction = b"".join(keeping.pieces_of(upload, PartPurpose.REFUSED)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(correction))
    assert row["Customer no"] == "'=cmd()"
    assert "31/02/2026" in row["refused_because"]
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["file_uploaded", "import_asked"]

    again = imported(checked(uploaded(operator_id, GOOD, OTHER.replace("60", "65"))))
    assert told(again.result)["counts"] == {
        "created": 0,
        "changed": 1,
        "unchanged": 3,
        "refused": 0,
    }
    assert told(again.check_result)["changes"][-1] == {
        "row": 3,
        "kind": "invoice",
        "key": "INV-2",
        "field": "total",
        "old": "60.00",
        "new": "65.00",
    }


def test_a_second_click_changes_nothing_and_nothing_is_done_twice(operator_id: int) -> None:
    upload = checked(uploaded(operator_id, GOOD))
    assert asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    assert not asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    Upload.objects.filter(pk=upload.pk).update(beat_at=DatabaseClock().now())
    assert worked(upload).state == "importing"  # another worker is at it
    assert not SourceRecord.objects.exists()

    Upload.objects.filter(pk=upload.pk).update(beat_at=DatabaseClock().now() - 2 * GONE_AFTER)
    assert open_uploads(now=DatabaseClock().now()) == [upload.pk]
    assert worked(upload).state == "done"  # it was gone
    assert not asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    with pytest.raises(SourceRefused):
        asking.ask_check(
            upload.pk, profile="", profile_name="", mapping=None, by=COMMAND_LINE, now=NOW
        )


def test_an_import_that_is_stopped_goes_on_behind_its_last_row(operator_id: int) -> None:
    rows = [f"{n},Tenant {n},INV-{n},01/03/2026,15/03/2026,96.00" for n in range(1200)]
    upload = checked(uploaded(operator_id, *rows))
    asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    asking.ask_stop(upload.pk, by=COMMAND_LINE)
    heard = threading.Event()

    def until_heard() -> bool:  # a chunk takes less than the second between two beats
        heard.wait(1.5)
        return False

    assert worked(upload, should_stop=until_heard).state == "stopped"
    count = Tenant.objects.count()
    assert 0 < count < 1200
    assert told(upload.result)["rows_read"] == count

    upload = imported(upload)
    assert (upload.state, Tenant.objects.count()) == ("done", 1200)
    assert told(upload.result)["resumed_behind_row"] == count + 1


def test_a_worker_that_ends_leaves_the_rest_to_the_next(operator_id: int) -> None:
    upload = checked(uploaded(operator_id, GOOD))
    asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    upload = worked(upload, should_stop=lambda: True)
    assert (upload.state, upload.beat_at) in (("importing", None), ("done", None))
    assert worked(upload).state == "done"
    assert Tenant.objects.count() == 1


def test_what_does_not_fit_is_said_by_the_files_own_name(operator_id: int) -> None:
    other = replace(MAPPING, columns={**MAPPING.columns, "total": "Grosz"})
    upload = checked(uploaded(operator_id, GOOD), other)
    assert upload.state == "failed"
    assert "The file lacks the column “Grosz” (did you mean “Gross”?)" in upload.message

    other = keeping.keep(
        operator_id, name="a.xlsx", pieces=[b"PK\x03\x04 no"], by=COMMAND_LINE, now=NOW
    )
    upload = checked(other)
    assert upload.state == "failed"
    assert upload.message.startswith("The workbook a.xlsx cannot be read")
    assert checked(uploaded(operator_id, GOOD)).state == "checked"


def test_a_fault_of_ours_is_told_and_does_not_come_back_for_ever(operator_id: int) -> None:
    def broken(path: Path, profile: str) -> Any:
        raise ZeroDivisionError

    upload = checked(uploaded(operator_id, GOOD))
    asking.ask_import(upload.pk, by=COMMAND_LINE, now=NOW)
    work_off(upload.pk, clock=DatabaseClock(), open_source=broken)
    upload.refresh_from_db()
    assert (upload.state, upload.beat_at) == ("failed", None)
    assert "not in the file" in upload.message
    assert open_uploads(now=DatabaseClock().now()) == []
    assert imported(checked(upload)).state == "done"


def test_a_file_is_bounded_and_its_name_is_only_shown(operator_id: int, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="more than 50 MB"):
        keeping.keep(
            operator_id,
            name="big.csv",
            pieces=(bytes(10_000_000) for _ in range(6)),
            by=COMMAND_LINE,
            now=NOW,
        )
    with pytest.raises(SourceRefused, match="empty"):
        keeping.keep(operator_id, name="none.csv", pieces=[], by=COMMAND_LINE, now=NOW)
    assert not UploadPart.objects.exists()
    for name, shown in (
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\März 2026.csv", "März 2026.csv"),
        ("a<b>\x00.csv", "a_b_.csv"),
        ("...", "file"),
        ("x" * 300 + ".xlsx", "x" * 94 + ".xlsx"),
    ):
        assert keeping.shown_name(name) == shown
    upload = uploaded(operator_id, GOOD, name="../../etc/passwd")
    with keeping.as_file(upload) as path:
        assert path.name == "passwd"
        assert path.read_text().startswith(HEADER)
    assert not path.exists()
    assert uploaded(operator_id, GOOD, name="../../etc/passwd").pk == upload.pk  # a second click
    for number in range(keeping.OPEN_MAX - 1):
        uploaded(operator_id, GOOD, name=f"{number}.csv")
    with pytest.raises(SourceRefused, match="on their way"):
        uploaded(operator_id, GOOD)


def test_what_is_left_lying_is_removed(operator_id: int) -> None:
    left, done = uploaded(operator_id, GOOD), checked(uploaded(operator_id, GOOD, BAD))
    imported(done)
    assert keeping.clear_away(now=NOW + timedelta(days=8)) == 1
    left.refresh_from_db()
    assert left.state == "dropped"
    assert list(UploadPart.objects.values_list("purpose", flat=True)) == ["refused"]
    keeping.clear_away(now=DatabaseClock().now() + timedelta(days=31))
    assert not UploadPart.objects.exists()

    removed = uploaded(operator_id, GOOD)
    asking.drop(removed.pk, by=COMMAND_LINE, now=NOW)
    asking.drop(removed.pk, by=COMMAND_LINE, now=NOW)
    assert not UploadPart.objects.exists()


def test_profiles_are_saved_by_name_each_once(operator_id: int) -> None:
    text = wiring.mapping_as_profile(MAPPING)
    first = profiles.save_profile(
        operator_id, name=" Monthly  invoices", text=text, by=COMMAND_LINE, now=NOW
    )
    assert first.name == "Monthly invoices"
    changed = profiles.save_profile(
        operator_id, name="Monthly invoices", text=f"{text}\n", by=COMMAND_LINE, now=NOW
    )
    assert changed.pk == first.pk
    assert profiles.find_profile(new_operator(), "Monthly invoices") is None
    with pytest.raises(SourceRefused):
        profiles.save_profile(operator_id, name=" ", text=text, by=COMMAND_LINE, now=NOW)
    profiles.remove_profile(changed, by=COMMAND_LINE)
    assert profiles.find_profile(operator_id, "Monthly invoices") is None
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["import_profile_saved", "import_profile_changed", "import_profile_removed"]


def test_a_guess_rests_on_what_the_records_say(operator_id: int) -> None:
    assert (known(operator_id).source, known(operator_id).locations) == ("", ["Quay"])
    imported(checked(uploaded(operator_id, GOOD), replace(MAPPING, invoice_type="guid")))
    found = known(operator_id)
    assert (found.source, found.currency, found.zone) == ("6storage", "GBP", "Europe/London")
    assert found.types == {"tenant": "number", "invoice": "guid"}
