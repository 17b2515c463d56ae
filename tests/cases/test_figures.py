"""The figures that everybody may quote, and what is too small to show."""

from datetime import date

import pytest

from gulou.cases import operations
from gulou.cases.figures import Line, line_of, veiled
from gulou.cases.models import PublicFigures
from gulou.cases.queries import figures_of
from gulou.cases.states import State
from gulou.kit.errors import NotFound
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason


@pytest.mark.django_db
def test_it_counts_what_happened(cast: Cast, kinds: Kinds) -> None:
    closed = a_case(cast, kinds.rubbish, state=State.CLOSED)
    a_case(cast, kinds.rubbish, state=State.DECLINED, lon=119.31)
    operations.rate_case(closed.reports.get(), rating=4, words="")
    again = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.reopen_case(again, by=cast.guo, reason_id=reason("reopen").pk)
    operations.compute_figures()
    figures = figures_of()
    assert figures is not None
    total = figures.total
    assert (total.received, total.filed, total.closed, total.reopened) == (3, 2, 1, 1)
    assert (total.ratings, total.stars, total.on_time) == (0, None, 1.0)
    assert total.hours is not None
    assert total.hours < 1
    assert [one.code for one in figures.streets] == ["W", "E"]
    assert [one.code for one in figures.categories] == ["event.01.01"]
    assert len(figures.months) == 12
    assert figures.months[-1].line.received == 3


@pytest.mark.django_db
def test_a_place_with_few_shows_no_numbers(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.FILED)
    operations.compute_figures()
    figures = figures_of()
    assert figures is not None
    assert figures.streets[0].line.received is None
    assert figures.total.received == 1


@pytest.mark.django_db
def test_the_figures_of_a_day_can_be_looked_up(cast: Cast, kinds: Kinds) -> None:
    assert figures_of() is None
    operations.compute_figures()
    a_case(cast, kinds.rubbish)
    operations.compute_figures()
    (kept,) = PublicFigures.objects.all()
    found = figures_of(kept.day)
    assert found is not None
    assert found.total.received == 1
    with pytest.raises(NotFound):
        figures_of(date(2000, 1, 1))


def test_where_one_number_is_missing_the_total_does_not_give_it_away() -> None:
    lines = {"a": Line(received=40), "b": Line(received=3), "c": Line(received=9)}
    shown = veiled(lines, {})
    assert [shown[key].received for key in "abc"] == [40, None, None]
    assert "received" in shown["b"].few
    assert "received" not in shown["c"].few
    two = veiled({**lines, "d": Line(received=2)}, {})
    assert [two[key].received for key in "abcd"] == [40, None, 9, None]


def test_what_is_computed_over_few_is_not_shown() -> None:
    line = Line(received=50, closed=4, ratings=5, hours=3.0, stars=4.2, on_time=0.5)
    others = {str(n): Line(received=50, closed=3, ratings=50) for n in range(2)}
    shown = veiled({"a": line, **others}, {"a": 4})["a"]
    assert (shown.closed, shown.hours, shown.on_time) == (None, None, None)
    assert (shown.ratings, shown.stars) == (5, 4.2)
    assert veiled({"a": Line(closed=0)}, {})["a"].closed == 0
    often = veiled({"a": line, **others}, {"a": 40})["a"]
    assert often.on_time is None, "no share stands beside <5"


def test_two_days_of_figures_do_not_tell_what_one_person_gave() -> None:
    yesterday = line_of({"ratings": 11, "stars": 50})
    today = [line_of({"ratings": 12, "stars": 50 + given}) for given in (3, 4, 5)]
    assert {(day.ratings, day.stars) for day in (yesterday, *today)} == {(10, 4.5)}
    assert line_of({"ratings": 100, "stars": 412}).stars == 4.1
