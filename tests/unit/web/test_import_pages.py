"""Records > Import, walked as people walk it: a file from its upload to its result."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.connected import new_operator
from tests.people import signed_in, works_for
from tests.unit.web.test_every_page import _troubles
from unitledger import wiring
from unitledger.engine.uploading.working import open_uploads, work_off
from unitledger.store.models import ImportProfile, Invoice, Payment, Upload, UploadPart
from unitledger.system import DatabaseClock

pytestmark = pytest.mark.usefixtures("database")
EXAMPLES = Path(__file__).parents[3] / "examples"
PAGE_KB = 100
HEADER = "Customer no,Customer,Invoice no,Date,Due,Gross,Type,Notes"
GOOD = "1001,Imogen Starling,INV-1,01/03/2026,15/03/2026,96.00,Rent,"
FEE = "1002,Rufus Pember,INV-2,13/03/2026,15/03/2026,60.00,Löckers,<b>bold</b>"
BAD = "1003,Ottoline,INV-3,31/02/2026,15/03/2026,10.00,Rent,"


@pytest.fixture
def operator_id() -> int:
    return new_operator("Quay")


@pytest.fixture
def bea(operator_id: int) -> Client:
    return signed_in(works_for("bea", operator_id, "bookkeeper"))


def text_of(answer: Any, *, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    text = answer.content.decode()
    assert len(text) < PAGE_KB * 1024
    assert _troubles(text) == []
    return text


def sends(client: Client, content: bytes | str, name: str = "invoices.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/import/upload", {"file": SimpleUploadedFile(name, raw)})


def address(client: Client, *rows: str) -> str:
    return sends(client, "\n".join([HEADER, *rows]))["Location"]


def a_worker_comes() -> None:
    clock = DatabaseClock()
    for upload_id in open_uploads(now=clock.now()):
        work_off(upload_id, clock=clock, open_source=wiring.open_with_text)


def filled_in(page: str) -> dict[str, Any]:
    """What the page's form would post as it stands."""
    form = page.split('id="c2"')[1] if 'id="c2"' in page else page
    posted: dict[str, Any] = {}
    for name, value in re.findall(r'<input(?=[^>]* name="([\w-]+)")[^>]* value="([^"]*)"', form):
        posted[name] = value
    checked = re.search(r'name="rows_are" value="(\w+)" checked', page)
    posted["rows_are"] = checked[1] if checked else ""
    posted.pop("keep", None)
    for name, body in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        value = (chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""
        if name == "means":
            posted.setdefault("means", []).append(value)
        else:
            posted[name] = value
    posted["word"] = re.findall(r'name="word" value="([^"]*)"', page)
    return {**posted, "act": "check"}


def test_a_file_goes_from_its_upload_to_its_result(bea: Client, operator_id: int) -> None:
    way = address(bea, GOOD, FEE, BAD)
    page = text_of(bea.get(way))
    assert "Which column is which?" in page
    posted = filled_in(page)
    assert posted["col-invoice_number"] == "Invoice no"
    assert posted["fix-location"] == "Quay"
    assert posted["dates"] == "%d/%m/%Y"

    again = text_of(bea.post(f"{way}/columns", {**posted, "name": "Monthly"}), status=422)
    assert "Choose what it means." in again
    assert filled_in(again)["name"] == "Monthly"  # what was typed is kept
    chosen = {**filled_in(again), "means": ["rent", "merchandise"], "keep": "yes"}
    assert bea.post(f"{way}/columns", chosen)["Location"] == way
    assert "Waiting for a worker" in text_of(bea.get(way))
    a_worker_comes()

    check = text_of(bea.get(way))
    assert "Check before you import" in check
    assert "Import 2 rows" in check
    assert '<span class="off">31/02/2026</span>' in check
    assert "“31/02/2026” is not a date in the form 31/12/2026." in check
    assert not Invoice.objects.exists()
    correction = bea.get(f"{way}/correction")
    assert b"INV-3" in b"".join(correction)
    assert correction["Content-Disposition"] == 'attachment; filename="refused-rows.csv"'

    for _ in range(2):  # a double click
        assert bea.post(f"{way}/take")["Location"] == way
    a_worker_comes()
    result = text_of(bea.get(way))
    assert "Imported: invoices.csv" in result
    assert "INV-3" in result  # refused rows are shown first
    created = text_of(bea.get(f"{way}?show=created"))
    assert ">Invoice INV-1</a>" in created
    assert "1002 · Rufus Pember · INV-2 · 13/03/2026" in created  # in the file's order
    assert "&lt;b&gt;bold" in created
    assert set(Invoice.objects.values_list("number", flat=True)) == {"INV-1", "INV-2"}
    assert not UploadPart.objects.filter(purpose="file").exists()
    assert f'href="{way}">invoices.csv' in text_of(bea.get("/import"))

    # The profile that was saved fits the next file of its kind.
    next_way = address(bea, GOOD.replace("96.00", "99.00"), FEE)
    page = text_of(bea.get(next_way))
    assert "Read it with Monthly" in page
    profile = ImportProfile.objects.get(operator_id=operator_id)
    bea.post(f"{next_way}/use-profile", {"profile": str(profile.public_id)})
    a_worker_comes()
    check = text_of(bea.get(next_way))
    assert "What changes in 1 record" in check
    assert "Line 1, unit price" in check


def test_a_workbook_is_read_by_sheet_and_its_refused_rows_come_back_as_one(bea: Client) -> None:
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Nothing", "here"])
    notes.append(["to", "see"])
    sheet = book.create_sheet("Receipts")
    sheet.append(["Receipt No", "Tenant ID", "Payment Date", "Payment Method", "Amount"])
    sheet.append(["R-1", 1001, "13/03/2026", "Card", 96])
    kept = io.BytesIO()
    book.save(kept)
    bea.post(address(bea, GOOD) + "/remove")

    way = sends(bea, kept.getvalue(), "März.xlsx")["Location"]
    page = text_of(bea.get(way))
    assert "sheet “Sheet”" in page
    page = text_of(bea.post(f"{way}/columns", {"sheet": "Receipts", "act": "anew"}))
    posted = filled_in(page)
    assert posted["rows_are"] == "payments"
    posted |= {"fix-currency": "GBP", "sheet": "Receipts"}
    assert bea.post(f"{way}/columns", posted)["Location"] == way
    a_worker_comes()
    check = text_of(bea.get(way))
    assert "Tenant 1001 has not arrived" in check
    assert not Payment.objects.exists()
    assert "Import 0 rows" not in check
    answer = bea.get(f"{way}/correction")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert b"".join(answer).startswith(b"PK")
    bea.post(f"{way}/back")
    assert 'value="payments" checked' in text_of(bea.get(way))


def test_what_cannot_be_read_is_said_and_nothing_breaks(bea: Client) -> None:
    text = text_of(bea.post("/import/upload", {}), status=422)
    assert "Choose a file first." in text
    for content, says in (
        (b"%PDF-1.4", "is a PDF"),
        (b"PK\x03\x04 and nothing", "cannot be read"),
        (b"one line alone", "cannot be read"),
        (b"\x00\x01\x02\x03", "cannot be read"),
    ):
        way = sends(bea, content)["Location"]
        page = text_of(bea.get(way))
        assert says in page
        assert "unitledger-upload" not in page
        assert "Removed" not in page
        assert bea.post(f"{way}/remove")["Location"] == "/import"
        assert "was removed" in text_of(bea.get(way))
    assert "The file is empty" in text_of(sends(bea, b""), status=422)
    assert "more than 50 MB" in text_of(sends(bea, bytes(50_000_001)), status=422)
    assert not UploadPart.objects.exists()


def test_a_wide_file_keeps_the_page_small_and_a_wrong_column_is_named(bea: Client) -> None:
    header = HEADER + "".join(f",Column number {n} of many" for n in range(150))
    way = sends(bea, f"{header}\n{GOOD}{',x' * 150}\n")["Location"]
    page = text_of(bea.get(way))
    assert "<datalist" in page
    posted = filled_in(page) | {"col-total": "Grosz", "zone": "", "means": ["rent"]}
    page = text_of(bea.post(f"{way}/columns", posted), status=422)
    assert "The file has no column “Grosz”." in page
    assert "Fill it in." in page


def test_a_profile_can_be_written_as_text_and_is_the_one_the_command_takes(bea: Client) -> None:
    toml = (EXAMPLES / "ar-ledger.toml").read_text(encoding="utf-8")
    page = text_of(bea.post("/import/profiles", {"text": "name = 1"}), status=422)
    assert "Nothing was saved" in page
    assert bea.post("/import/profiles", {"text": toml})["Location"] == "/import/profiles"
    saved = ImportProfile.objects.get()
    assert "Receivables ledger" in text_of(bea.get("/import/profiles"))
    answer = bea.get(f"/import/profiles/{saved.public_id}.toml")
    assert answer.content.decode() == toml

    way = address(bea, GOOD)
    page = text_of(bea.post(f"{way}/profile", {"text": toml + "nonsense"}), status=422)
    assert "is not TOML" in page
    assert bea.post(f"{way}/profile", {"text": toml})["Location"] == way
    a_worker_comes()
    assert "The file lacks the columns" in text_of(bea.get(way))
    assert toml.splitlines()[0] in text_of(bea.get(f"{way}/profile"))

    bea.post(f"/import/profiles/{saved.public_id}/remove")
    assert not ImportProfile.objects.exists()


def test_only_who_sees_every_location_and_keeps_the_books_imports(
    bea: Client, operator_id: int
) -> None:
    from unitledger.store.models import Location

    way = address(bea, GOOD)
    quay = Location.objects.get()
    kept = signed_in(works_for("quinn", operator_id, "bookkeeper", locations=[quay.pk]))
    viewer = signed_in(works_for("vera", operator_id, "viewer"))
    stranger = signed_in(works_for("sam", new_operator(), "administrator"))
    for client, refused in ((kept, 403), (viewer, 403), (stranger, 404)):
        assert client.get(way).status_code == refused
        for act in ("columns", "use-profile", "take", "stop", "back", "remove", "profile"):
            assert client.post(f"{way}/{act}").status_code == refused
        assert client.get(f"{way}/correction").status_code == refused
    assert 'href="/import"' not in text_of(kept.get("/tenants"))
    assert kept.get("/import").status_code == viewer.post("/import/upload").status_code == 403
    assert Upload.objects.get().state == "new"
    assert "invoices.csv" not in text_of(stranger.get("/import"))


def test_a_page_asks_the_database_little(bea: Client, operator_id: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    way = address(bea, GOOD)
    bea.post(f"{way}/columns", filled_in(text_of(bea.get(way))) | {"means": ["rent"]})
    a_worker_comes()
    bea.post(f"{way}/take")
    a_worker_comes()
    open_one = address(bea, GOOD)
    for page in (way, "/import", open_one, "/import/profiles"):
        with CaptureQueriesContext(connection) as asked:
            bea.get(page)
        counted = [each for each in asked if each["sql"].startswith("SELECT")]
        assert len(counted) <= 20, page
