"""A webhook's receiver, and an app whose webhook has proved its intent to receive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checklist.hooks import KEY, Receiver, subscribe
from tests.conftest import Xero


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver(KEY)
    yield running
    running.stop()


@pytest.fixture
def hooked(xero: Xero, receiver: Receiver) -> Xero:
    assert subscribe(xero, receiver)["status"] == "ok"
    receiver.posts.clear()
    receiver.signatures.clear()
    return xero
