"""How many people live in an area: said, taken back, and never without year and source."""

import pytest

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.places import operations, queries
from gulou.places.operations import take_back
from tests.conftest import District


def count(
    area_id: int, number: int | None, year: int | None = 2020, source: str = "人口普查"
) -> None:
    operations.count_people(area_id, population=number, year=year, source=source, actor="system")


def test_it_is_kept_with_year_and_source_and_on_record(land: District) -> None:
    count(land.west.pk, 12_680)
    assert queries.people_of_areas() == {land.west.pk: queries.People(12_680, 2020, "人口普查")}
    fact = Event.objects.get(name="area.counted")
    assert fact.payload["after"]["population"] == 12_680
    count(land.west.pk, 12_680)
    assert Event.objects.filter(name="area.counted").count() == 1


@pytest.mark.parametrize(
    ("number", "year", "source", "field"),
    [(-1, 2020, "x", "population"), (5, None, "x", "population_year"),
     (5, 1700, "x", "population_year"), (5, 9999, "x", "population_year"),
     (5, 2020, " ", "population_source")],
)  # fmt: skip
def test_it_refuses_what_says_too_little(
    land: District, number: int, year: int | None, source: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        count(land.west.pk, number, year, source)
    assert refused.value.field == field


def test_it_is_taken_back(land: District) -> None:
    count(land.west.pk, 100)
    count(land.west.pk, 200, 2021)
    take_back(Event.objects.filter(name="area.counted").latest("id").pk, actor="system")
    assert queries.people_of_areas()[land.west.pk] == queries.People(100, 2020, "人口普查")
    count(land.west.pk, None)
    assert queries.people_of_areas() == {}


def test_neighbours_share_a_border(land: District) -> None:
    w1, w2, e1, e2 = (one.pk for one in land.communities)
    beside = queries.neighbours("community")
    # Four squares around one corner: all meet there.
    assert beside[w1] == {w2, e1, e2}
    assert queries.neighbours("street") == {
        land.west.pk: {land.east.pk}, land.east.pk: {land.west.pk}
    }  # fmt: skip
    assert queries.neighbours("grid") == {}
