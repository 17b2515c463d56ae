"""Errands of a table of the tests' own."""

from collections.abc import Iterator
from typing import Any

import pytest

from gulou.errands import table
from tests.errands import kinds


@pytest.fixture(autouse=True)
def _own_kinds(settings: Any) -> Iterator[None]:
    settings.ERRANDS = "tests.errands.kinds.KINDS"
    table.table.cache_clear()
    kinds.mood.clear()
    yield
    table.table.cache_clear()
