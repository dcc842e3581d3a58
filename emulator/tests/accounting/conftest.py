"""Every story ends with books that balance."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.accounting.story import Story


@pytest.fixture
def story() -> Iterator[Story]:
    told = Story()
    yield told
    told.books.check()
