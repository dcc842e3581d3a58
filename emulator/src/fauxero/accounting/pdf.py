"""A small, honest PDF of a document: plain lines of text, and the word that it is no invoice."""

from __future__ import annotations

from collections.abc import Sequence

from fauxero.accounting.money import shown
from fauxero.accounting.resource import Element

NOTICE = "Made by fauxero, an emulator. This is not a document of Xero's and bills nobody."
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>"
)
LINES_MAX = 60
WIDTH_MAX = 100


def document_pdf(title: str, element: Element) -> bytes:
    """Return a one-page PDF of an invoice, credit note or quote as its answer shows it."""
    return _pdf([NOTICE, "", title, *_lines(element)][:LINES_MAX])


def _lines(element: Element) -> list[str]:
    contact = element.get("Contact") or {}
    lines = [f"To: {contact.get('Name', '')}"]
    for label, name in (("Date", "Date"), ("Due", "DueDate"), ("Expires", "ExpiryDate")):
        if element.get(name) is not None:
            lines.append(f"{label}: {element[name]}")
    lines.append("")
    for line in element.get("LineItems") or ():
        description = str(line.get("Description") or "").replace("\n", " ")
        lines.append(f"{description:.70}   {_amount(line.get('LineAmount'))}")
    lines.append("")
    for label, name in (
        ("Subtotal", "SubTotal"),
        ("Tax", "TotalTax"),
        ("Total", "Total"),
        ("Amount due", "AmountDue"),
        ("Remaining credit", "RemainingCredit"),
    ):
        if element.get(name) is not None:
            lines.append(f"{label}: {_amount(element[name])} {element.get('CurrencyCode', '')}")
    return lines


def _amount(value: object) -> str:
    return "" if value is None else shown(value)  # type: ignore[arg-type]


def _escaped(text: str) -> bytes:
    flat = text[:WIDTH_MAX].encode("cp1252", "replace")
    for char in (b"\\", b"(", b")"):
        flat = flat.replace(char, b"\\" + char)
    return flat


def _pdf(lines: Sequence[str]) -> bytes:
    """PDF 1.4 by hand: catalogue, one page, one of the fonts that every reader has."""
    shown_lines = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in lines)
    stream = b"BT /F1 10 Tf 13 TL 50 790 Td\n" + shown_lines + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + head + table + tail % (len(objects) + 1, len(body))
