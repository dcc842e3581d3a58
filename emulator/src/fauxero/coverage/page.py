"""COVERAGE.md, made from the registries and the facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from fauxero.accounting.resources import REPORTS, RESOURCES, SUB_RESOURCES
from fauxero.coverage.facts import FACTS, Evidence
from fauxero.http.rooms import KINDS
from fauxero.http.routes import UNMODELLED

_IDENTITY = {
    "/identity/connect/authorize": "GET POST",
    "/connect/token": "POST",
    "/connect/revocation": "POST",
    "/connections": "GET DELETE",
    "/.well-known/openid-configuration": "GET",
    "/.well-known/openid-configuration/jwks": "GET",
    "/connect/userinfo": "GET POST",
    "webhooks": "POST",
}
_REPORT_NAMES = (
    *("TrialBalance", "ProfitAndLoss", "BalanceSheet", "BankSummary"),
    *("AgedReceivablesByContact", "AgedPayablesByContact", "ExecutiveSummary"),
)
# Rooms that hang on many collections are told once.
_MANY = frozenset({"attachments", "history"})
# Parts of collections that answer although the collection as such does not.
_PARTS = frozenset({"attachments", "invoicereminders", "reports"})
_ROOM_NAMES = {"paymentservices": "PaymentServices", "contacts": "Contacts", "email": "Email"}
_ROOM_NAMES |= {"onlineinvoice": "OnlineInvoice", "attachments": "Attachments"}
_ROOM_NAMES |= {"history": "History", "pdf": "pdf"}

_HEAD = """# What fauxero covers

Made by `python -m fauxero.coverage COVERAGE.md`; a test holds it against the code.

Evidence: **spec** is Xero's OpenAPI description and its examples; **documented** its developer
pages; **recorded on the wire** public recordings of real answers; **reported** integrators, issues
and forums; **unsure** means that no source decides: the safer reading was taken, and where it
says *switch* the other can be chosen. The tests name their evidence, too.

"""


def endpoints() -> dict[str, frozenset[str]]:
    """Every endpoint that answers, with its methods, from the registries."""
    found: dict[str, frozenset[str]] = {}
    for key, resource in RESOURCES.items():
        if key != "organisations":
            found[_name(key)] = resource.methods
    for (parent, own), resource in SUB_RESOURCES.items():
        if (parent, own) == ("organisation", "actions"):
            found["Organisation/Actions"] = resource.methods
        else:
            found[f"{_name(parent)}/{{id}}/{resource.name}"] = resource.methods
    found["InvoiceReminders/Settings"] = frozenset({"GET"})
    for name in _REPORT_NAMES:
        assert name.lower() in REPORTS
        found[f"Reports/{name}"] = frozenset({"GET"})
    for kind, room in KINDS.items():
        collections = ("{document}",) if kind in _MANY else sorted(map(_name, room.collections))
        for collection in collections:
            found[f"{collection}/{{id}}/{_ROOM_NAMES[kind]}"] = room.methods
    found |= {path: frozenset(methods.split()) for path, methods in _IDENTITY.items()}
    return found


def _name(key: str) -> str:
    return "Organisation" if key == "organisation" else RESOURCES[key].name


def left_out() -> list[str]:
    """Collections of Xero's that answer 501."""
    return sorted(UNMODELLED - set(RESOURCES) - _PARTS)


def refused_parts() -> list[str]:
    """What covered endpoints answer 501 for, in the words of their own refusals."""
    return sorted(set(_sentences(files("fauxero"))))


def _sentences(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sentences(entry)
        elif entry.name.endswith(".py"):
            for node in ast.walk(ast.parse(entry.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotModelled":
                    yield from _literal(node)


def _literal(call: ast.Call) -> Iterator[str]:
    match call.args:
        case [ast.Constant(value=str(text))]:
            yield text
        case [ast.JoinedStr(values=parts)]:
            words = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts
            )
            if "modelled" in words:
                yield words


def page() -> str:
    lines = [_HEAD + "| endpoint | method | behaviour | evidence |", "| --- | --- | --- | --- |"]
    for fact in FACTS:
        methods = ", ".join(fact.methods.split())
        row = (f"`{fact.endpoint}`", methods, fact.behaviour, fact.evidence.value)
        lines.append(f"| {' | '.join(row)} |")
    lines += ["", f"{len(FACTS)} behaviours: {_counts()}.", "", "## Left out", ""]
    lines.append("These collections answer 501 and say so:")
    lines.append(", ".join(f"`{name}`" for name in left_out()) + ".")
    lines += [
        "",
        "Reports other than those above, and any method not listed, answer 501 as well.",
        "",
    ]
    lines.append("So do these parts of what is covered:")
    lines.append("")
    lines += [f"- {sentence}" for sentence in refused_parts()]
    return "\n".join(lines) + "\n"


def _counts() -> str:
    return ", ".join(
        f"{sum(fact.evidence is kind for fact in FACTS)} {kind.value}" for kind in Evidence
    )
