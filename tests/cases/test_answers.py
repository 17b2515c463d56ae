"""What the reporter says at the end."""

import pytest

from gulou.cases import operations, queries
from gulou.cases.models import Report
from gulou.cases.states import State
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason


def _closed(cast: Cast, kinds: Kinds) -> Report:
    return Report.objects.get(case=a_case(cast, kinds.rubbish, state=State.CLOSED))


def test_a_rating_is_kept_once(cast: Cast, kinds: Kinds) -> None:
    report = _closed(cast, kinds)
    operations.rate_case(report, rating=5, words="很快")
    with pytest.raises(Refusal):
        operations.rate_case(report, rating=1)
    assert queries.tracked(report).rating == 5
    assert Event.objects.get(name="report.rated").payload["rating"] == 5


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_has_one_to_five_stars(cast: Cast, kinds: Kinds, rating: int) -> None:
    with pytest.raises(Invalid):
        operations.rate_case(_closed(cast, kinds), rating=rating)


def test_an_open_case_cannot_be_answered(cast: Cast, kinds: Kinds) -> None:
    report = Report.objects.get(case=a_case(cast, kinds.rubbish, state=State.HANDLING))
    with pytest.raises(Refusal):
        operations.rate_case(report, rating=5)
    with pytest.raises(Refusal):
        operations.object_to_case(report, words="还在")


def test_an_objection_asks_the_dispatcher_to_reopen(cast: Cast, kinds: Kinds) -> None:
    report = _closed(cast, kinds)
    operations.object_to_case(report, words="垃圾还在")
    case = report.case
    case.refresh_from_db()
    assert case.state == State.CLOSED and case.objected_at is not None
    assert case.number in {row.number for row in queries.my_work(cast.guo)}
    with pytest.raises(Refusal):
        operations.object_to_case(report, words="垃圾还在呢")
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    assert case.objected_at is None
    assert "垃圾" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_an_objection_says_why(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(Invalid):
        operations.object_to_case(_closed(cast, kinds), words=" ")


def test_a_wrong_link_leads_nowhere(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(NotFound):
        queries.report_by_token("x" * 43)


def test_the_link_tells_of_units_but_not_of_people(cast: Cast, kinds: Kinds) -> None:
    report = _closed(cast, kinds)
    seen = queries.tracked(report)
    names = [line.name for line in seen.told]
    assert names == [
        "case.opened", "case.filed", "case.dispatched", "case.accepted", "case.handled",
        "case.closed",
    ]  # fmt: skip
    assert seen.told[2].unit == cast.street.name_en
    assert "Lin" not in str(seen) and "已清理" not in str(seen)
