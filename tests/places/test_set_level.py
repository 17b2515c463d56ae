from typing import Any

import pytest

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.places.models import Level
from gulou.places.operations import set_level, set_standard_levels

WARD: dict[str, Any] = {"rank": 4, "name_zh": "片区", "name_en": "Ward", "actor": "user:x"}


def test_it_adds_a_level_and_records_it(db: None) -> None:
    set_level("ward", overlapping=True, **WARD)
    assert Level.objects.get(code="ward").overlapping
    event = Event.objects.get()
    assert (event.name, event.actor) == ("level.set", "user:x")
    assert event.payload["after"]["name_zh"] == "片区" and event.payload["before"] == {}


def test_it_describes_a_known_level_anew(db: None) -> None:
    set_level("ward", **WARD)
    set_level("ward", **WARD | {"name_zh": "网片"})
    assert Level.objects.get().name_zh == "网片" and Event.objects.count() == 2


def test_it_changes_nothing_when_told_again(db: None) -> None:
    set_level("ward", **WARD)
    set_level("ward", **WARD)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "change"),
    [("", {}), ("w" * 21, {}), ("w", {"rank": -1}), ("w", {"rank": 100}), ("w", {"name_zh": " "})],
)
def test_it_refuses_bad_input(db: None, code: str, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        set_level(code, **WARD | change)
    assert not Level.objects.exists()


def test_the_standard_levels_are_set_once(db: None) -> None:
    first = set_standard_levels(actor="system")
    assert [level.code for level in first] == ["district", "street", "community", "grid"]
    set_level("grid", rank=3, name_zh="万米网格", name_en="Cell", actor="user:x")
    assert set_standard_levels(actor="system")[3].name_zh == "万米网格"
