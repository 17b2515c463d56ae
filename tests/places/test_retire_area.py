import pytest

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.places.models import Area
from gulou.places.operations import retire_area
from gulou.places.queries import area_refs, locate
from tests.factories.places import AreaFactory, LevelFactory, box


@pytest.fixture
def area(db: None) -> Area:
    return AreaFactory.create(level=LevelFactory.create(code="street"), shape=box(1, 1, 2, 2))


def test_it_is_not_found_any_more_but_stays_on_the_record(area: Area) -> None:
    retire_area(area, actor="user:x")
    assert area.pk not in area_refs() and not locate(1.5, 1.5).chain
    assert not Area.objects.get(pk=area.pk).active
    event = Event.objects.get()
    assert (event.name, event.actor, event.payload["code"]) == ("area.retired", "user:x", area.code)


def test_it_is_retired_once(area: Area) -> None:
    retire_area(area, actor="user:x")
    retire_area(area, actor="user:x")
    assert Event.objects.count() == 1


def test_it_refuses_while_areas_below_are_in_use(area: Area) -> None:
    below = AreaFactory.create(parent=area)
    with pytest.raises(Invalid):
        retire_area(area, actor="user:x")
    retire_area(below, actor="user:x")
    assert not retire_area(area, actor="user:x").active
