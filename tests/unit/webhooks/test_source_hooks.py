"""6Storage's signed messages: kept first, read by a profile, readable again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.connected import new_operator
from unitledger import wiring
from unitledger.core.refusals import SourceRefused
from unitledger.engine.arriving import hooks
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.sources.sixstorage import is_signed, sign

pytestmark = pytest.mark.usefixtures("database")
SECRET = "a secret between two"


@dataclass
class Source:
    operator_id: int
    hook: Any

    def posts(self, message: Any, *, signature: str | None = None) -> int:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        header = sign(body, secret=SECRET) if signature is None else signature
        return (
            Client(enforce_csrf_checks=True)
            .post(
                f"/hooks/6storage/{self.hook.public_id}",
                body,
                content_type="application/json",
                headers={"X-6Storage-webhook-signature": header, "Host": "localhost"},
            )
            .status_code
        )

    def reads_all(self) -> list[Any]:
        now = wiring.shared_tools().clock.now()
        return [
            hooks.read_arrival(each, now=now, read=wiring.read_hook_message)
            for each in hooks.unread()
        ]


@pytest.fixture
def source() -> Source:
    operator_id = new_operator()
    hook = hooks.open_hook(
        operator_id,
        name="6Storage",
        secret=SECRET,
        profile=wiring.example_hook_profile(),
        vault=wiring.shared_tools().vault,
        by=COMMAND_LINE,
    )
    return Source(operator_id, hook)


def billed(**changed: Any) -> dict[str, Any]:
    invoice = {
        "id": "8801",
        "number": "INV-8801",
        "date": "2026-03-01",
        "dueDate": "2026-03-15",
        "currency": "GBP",
        "pricesIncludeTax": True,
        "total": 133.99,
        "lines": [
            {"type": "Rent", "description": "Rent", "amount": 120.00, "taxPercent": 20},
            {"type": "Merchandise", "description": "Padlock", "amount": 13.99, "taxPercent": 20},
        ],
        **changed,
    }
    tenant = {"id": "77", "number": "T77", "name": "Ada Marsh", "email": "ada@mail.example"}
    data = {"location": "Riverside", "unit": "B114", "tenant": tenant, "invoice": invoice}
    return {"event": "Invoice create", "data": data}


def received(**changed: Any) -> dict[str, Any]:
    receipt = {
        "id": "R1",
        "number": "RC-1",
        "date": "2026-03-05",
        "method": "Card",
        "currency": "GBP",
        "amount": 133.99,
        "invoiceId": "8801",
        **changed,
    }
    data = {"location": "Riverside", "tenant": {"id": "77"}, "receipt": receipt}
    return {"event": "Receipt create", "data": data}


def _counts() -> tuple[int, int, int]:
    from unitledger.store.models import Invoice, Payment, Tenant

    return Tenant.objects.count(), Invoice.objects.count(), Payment.objects.count()


def test_a_message_is_kept_first_and_read_afterwards(source: Source) -> None:
    from unitledger.store.models import HookArrival, InvoiceLine

    assert source.posts(billed()) == 202
    assert HookArrival.objects.get().state == "new"
    assert _counts() == (0, 0, 0)

    (arrival,) = source.reads_all()

    assert (arrival.state, arrival.event) == ("taken", "Invoice create")
    assert [(each["kind"], each["outcome"]) for each in arrival.results] == [
        ("tenant", "created"),
        ("invoice", "created"),
    ]
    assert _counts() == (1, 1, 0)
    amounts = [str(each.amount) for each in InvoiceLine.objects.order_by("position")]
    assert amounts == ["120.00", "13.99"]


def test_a_receipt_settles_its_invoice_and_can_be_voided(source: Source) -> None:
    from unitledger.store.models import Allocation, SourceRecord

    source.posts(billed())
    source.posts(received())
    source.posts({"event": "Void payment", "data": {"receipt": {"id": "R1"}}})

    states = [each.state for each in source.reads_all()]

    assert states == ["taken", "taken", "taken"]
    assert _counts() == (1, 1, 1)
    assert str(Allocation.objects.get().amount) == "133.99"
    assert SourceRecord.objects.get(kind="payment").is_void is True


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=00",
        "sha256=" + "00-" * 31 + "00",
        "md5=" + "0" * 64,
        "sha256=" + "é" * 64,
        "sha256=" + "A" * 5000,
    ],
)
def test_a_wrong_signature_changes_nothing_but_a_count(source: Source, signature: str) -> None:
    from unitledger.store.models import HookArrival, SourceHook

    assert source.posts(billed(), signature=signature.encode().decode("latin-1")) == 401

    assert not HookArrival.objects.exists()
    assert source.reads_all() == []
    assert SourceHook.objects.get().refused == 1


def test_a_signature_of_another_message_is_wrong(source: Source) -> None:
    other = sign(json.dumps(received()).encode(), secret=SECRET)

    assert source.posts(billed(), signature=other) == 401


def test_a_replayed_message_changes_nothing(source: Source) -> None:
    from unitledger.store.models import HookArrival

    source.posts(billed())
    source.reads_all()
    source.posts(billed(total=133.99, number="INV-8801-B"))
    source.reads_all()

    assert source.posts(billed()) == 200  # the first message, byte for byte
    assert source.reads_all() == []
    assert _invoice_number() == "INV-8801-B"
    assert [each.repeats for each in HookArrival.objects.order_by("id")] == [1, 0]


def _invoice_number() -> str:
    from unitledger.store.models import Invoice

    return Invoice.objects.get().number


def test_the_digest_may_be_written_in_hyphenated_pairs_or_plainly() -> None:
    body = b'{"event": "x"}'
    hyphenated = sign(body, secret=SECRET)
    plain = hyphenated.replace("-", "").lower()

    assert hyphenated.count("-") == 31
    assert is_signed(body, hyphenated, secret=SECRET)
    assert is_signed(body, plain, secret=SECRET)
    assert not is_signed(body + b" ", hyphenated, secret=SECRET)
    assert not is_signed(body, hyphenated, secret="another secret")


def test_an_address_that_is_closed_or_unknown_is_not_there(source: Source) -> None:
    hooks.close_hook(source.hook, is_open=False, by=COMMAND_LINE)

    assert source.posts(billed()) == 404


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (b"", "refused"),
        (b"not json", "refused"),
        (b"[]", "refused"),
        (b'{"event": NaN}', "refused"),
        (b'{"event": "\\ud800"}', "refused"),
        (b"{" * 5000, "refused"),
        ({"event": "Unit update", "data": {}}, "ignored"),
        ({"event": "Something new"}, "unknown"),
        ({"data": {}}, "unknown"),
        ({"event": "Invoice void", "data": {}}, "refused"),
        ({"event": "Invoice void", "data": {"invoice": {"id": "404"}}}, "refused"),
        ({"event": "Invoice create", "data": "x"}, "refused"),
        (received(), "refused"),  # its tenant and invoice are not known
        (billed(total="a lot"), "refused"),
    ],
    ids=str,
)
def test_every_message_ends_in_a_state_that_says_why(
    source: Source, message: Any, state: str
) -> None:
    assert source.posts(message) == 202

    (arrival,) = source.reads_all()

    assert arrival.state == state
    assert _counts() == (0, 0, 0)
    if state == "refused":
        wrong = [each for result in arrival.results for each in result["problems"]]
        assert wrong and all(each["message"] and each["remedy"] for each in wrong)


def test_a_message_too_large_is_not_kept(source: Source) -> None:
    from unitledger.store.models import HookArrival

    assert source.posts(b" " * 1_000_001) == 413
    assert not HookArrival.objects.exists()


def test_a_message_is_read_again_after_the_profile_was_corrected(source: Source) -> None:
    moved = billed()
    moved["data"]["bill"] = moved["data"].pop("invoice")
    source.posts(moved)
    (first,) = source.reads_all()
    assert first.state == "refused"
    corrected = wiring.example_hook_profile().replace("data.invoice", "data.bill")

    now = wiring.shared_tools().clock.now()
    shown = hooks.preview(
        source.operator_id,
        corrected,
        bytes(first.body),
        now=now,
        read=wiring.read_hook_message,
    )
    assert shown.state == "taken"
    assert _counts() == (0, 0, 0)

    hooks.save_profile(source.hook, corrected, by=COMMAND_LINE)
    again = hooks.replay(first, now=now, read=wiring.read_hook_message, by=COMMAND_LINE)
    assert (again.state, again.readings) == ("taken", 2)
    assert _counts() == (1, 1, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name =", "name ="), None),
        (('event = "event"', ""), "event is missing"),
        (('zone = "Europe/London"', 'zone = "Europe/Londn"'), "time zone"),
        (('void = "invoice"', 'void = "tenant"'), "message.4.void"),
        (('events = ["Invoice void"]', 'events = ["Paynow"]'), "named by two messages"),
        (("[[message]]", "[message"), "not TOML"),
    ],
)
def test_a_profile_says_what_is_wrong_with_it(change: tuple[str, str], said: str | None) -> None:
    text = wiring.example_hook_profile().replace(*change)

    if said is None:
        wiring.check_hook_profile(text)
        return
    with pytest.raises(SourceRefused, match=said.replace(".", r"\.")):
        wiring.check_hook_profile(text)
