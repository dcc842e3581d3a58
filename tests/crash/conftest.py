"""A connected business for each test that cuts its power."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.business import Business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    from tests.business import business

    with business() as made:
        yield made
