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


def test_the_office_upholds_with_words_that_who_objected_reads(cast: Cast, kinds: Kinds) -> None:
    report = _closed(cast, kinds)
    operations.object_to_case(report, words="垃圾还在")
    assert queries.tracked(report).objected_at is not None
    case = operations.uphold_case(report.case, by=cast.guo, words="已到现场，垃圾属另一处")
    assert (case.state, case.objected_at) == (State.CLOSED, None)
    assert case.number not in {row.number for row in queries.my_work(cast.guo)}
    seen = queries.tracked(report)
    assert seen.objected_at is None and seen.upheld_at is not None
    assert seen.reply == "已到现场，垃圾属另一处"
    assert seen.told[-1].name == "case.upheld"
    with pytest.raises(Refusal) as refusal:
        operations.uphold_case(case, by=cast.guo, words="再说一遍")
    assert refusal.value.code == "case.no_objection"


def test_an_answer_is_read_until_the_case_is_opened_again(cast: Cast, kinds: Kinds) -> None:
    report = _closed(cast, kinds)
    operations.object_to_case(report, words="垃圾还在")
    case = operations.uphold_case(report.case, by=cast.guo, words="已经清了")
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    assert queries.tracked(report).reply == ""


def test_each_reporter_objects_for_themselves(cast: Cast, kinds: Kinds) -> None:
    first, second = _two_reporters(cast, kinds)
    operations.object_to_case(first, words="垃圾还在")
    assert queries.tracked(second).objected_at is None, "it is not the second one's objection"
    operations.object_to_case(second, words="味道还很大")
    with pytest.raises(Refusal):
        operations.object_to_case(first, words="垃圾还在呢")
    case = operations.uphold_case(second.case, by=cast.guo, words="已核")
    assert case.objected_at is None
    assert [queries.tracked(one).reply for one in (first, second)] == ["已核", "已核"]
    operations.object_to_case(first, words="今天又有了")
    assert queries.tracked(second).objected_at is None


def test_an_objection_through_a_merged_case_is_read_where_it_is_answered(
    cast: Cast, kinds: Kinds
) -> None:
    merged, _own = _two_reporters(cast, kinds)
    top = _own.case
    operations.object_to_case(merged, words="我是李四，垃圾还在")
    record = queries.record_of(top, reader=cast.guo)
    assert [one.words for one in record.objections] == ["我是李四，垃圾还在"]
    words = Event.objects.get(name="case.objected").payload["words"]
    operations.erase_words(top, by=cast.guo, words_id=words)
    (objection,) = queries.record_of(top, reader=cast.guo).objections
    assert objection.erased and objection.words == ""
    top.refresh_from_db()
    operations.reopen_case(top, by=cast.guo, reason_id=reason("reopen").pk)
    assert queries.record_of(top, reader=cast.guo).objections == []
    assert queries.tracked(merged).objected_at is None


def test_splitting_off_who_objects_answers_the_objection(cast: Cast, kinds: Kinds) -> None:
    merged, own = _two_reporters(cast, kinds)
    operations.object_to_case(merged, words="垃圾还在")
    operations.object_to_case(own, words="垃圾还在")
    operations.split_case(merged.case, by=cast.guo)
    own.case.refresh_from_db()
    assert own.case.objected_at is not None, "the other objection still waits"
    assert queries.tracked(merged).objected_at is None
    operations.uphold_case(own.case, by=cast.guo, words="已核")
    own.case.refresh_from_db()
    assert own.case.objected_at is None


def _two_reporters(cast: Cast, kinds: Kinds) -> tuple[Report, Report]:
    """The report of a case that was merged, and that of the closed case that answers for it."""
    merged = a_case(cast, kinds.rubbish)
    top = a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.merge_case(merged, by=cast.guo, into=top)
    operations.close_case(top, by=cast.he)
    return Report.objects.get(case=merged), Report.objects.get(case=top)


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
