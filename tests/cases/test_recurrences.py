"""Problems that come back: suspected at filing, confirmed or rejected by a person, counted."""

from datetime import timedelta

import pytest

from gulou.cases import operations, queries
from gulou.cases.facts import CaseFiled
from gulou.cases.models import Case, Recurrence
from gulou.cases.operations import judge_recurrence, suspect_recurrences
from gulou.cases.states import State
from gulou.config.reactions import REACTIONS
from gulou.kit import clock
from gulou.kit.errors import NotAllowed, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.outbox.queries import story
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.CLOSED)


def again(cast: Cast, kinds: Kinds, days: float = 9, **given: object) -> Case:
    """The same kind of thing, filed there some days later, and what follows from that."""
    with clock.at(clock.now() + timedelta(days=days)):
        case = a_case(cast, kinds.rubbish, state=State.FILED, **given)
        suspect_recurrences(case.uid)
    return case


def links(case: Case) -> list[Recurrence]:
    return list(Recurrence.objects.filter(case=case))


def told(case: Case, name: str) -> list[Event]:
    return [event for event in story(case.subject_kind, case.uid) if event.name == name]


def test_what_was_closed_there_lately_is_linked_once_and_on_record(
    cast: Cast, kinds: Kinds, closed: Case
) -> None:
    case = again(cast, kinds, lat=IN_WEST[0] + 0.0002)
    (link,) = links(case)
    assert (link.before, link.unit, link.metres, link.days) == (closed, cast.street, 22, 9)
    assert link.confirmed is None
    assert suspect_recurrences(case.uid) == []
    (event,) = told(case, "case.recurrence_suspected")
    assert event.payload["other"] == str(closed.uid) and event.actor == "system"


def test_neither_long_ago_nor_far_away_nor_another_kind_nor_still_open(
    cast: Cast, kinds: Kinds, closed: Case
) -> None:
    assert links(again(cast, kinds, days=40)) == []
    assert links(again(cast, kinds, lat=IN_WEST[0] + 0.001)) == []
    with clock.at(clock.now() + timedelta(days=9)):
        other = a_case(cast, kinds.smoking, state=State.FILED)
        assert suspect_recurrences(other.uid) == []
        a_case(cast, kinds.rubbish, state=State.RECEIVED)
    assert [link.before for link in Recurrence.objects.all()] == []


def test_filing_is_what_it_follows_from() -> None:
    assert "link_recurrences" in [one.call.__name__ for one in REACTIONS[CaseFiled]]


def test_a_person_confirms_and_may_say_otherwise_later(
    cast: Cast, kinds: Kinds, closed: Case
) -> None:
    case = again(cast, kinds)
    (link,) = links(case)
    judge_recurrence(case, link.pk, by=cast.guo, confirmed=True)
    judge_recurrence(case, link.pk, by=cast.guo, confirmed=True)
    link.refresh_from_db()
    assert (link.confirmed, link.decided_by) == (True, cast.guo) and link.decided_at
    judge_recurrence(case, link.pk, by=cast.guo, confirmed=False)
    said = told(case, "case.recurrence_judged")
    assert [event.payload["confirmed"] for event in said] == [True, False]
    assert {event.actor for event in said} == {cast.guo.actor}


def test_it_refuses_who_may_not_what_is_not_there_and_what_was_not_taken_on(
    cast: Cast, kinds: Kinds, closed: Case
) -> None:
    case = again(cast, kinds)
    (link,) = links(case)
    for person in (cast.wu, cast.lin, cast.zhao):
        with pytest.raises(NotAllowed):
            judge_recurrence(case, link.pk, by=person, confirmed=True)
    with pytest.raises(NotFound):
        judge_recurrence(closed, link.pk, by=cast.guo, confirmed=True)
    merged = a_case(cast, kinds.rubbish)
    operations.merge_case(case, by=cast.guo, into=operations.file_case(merged, by=cast.guo))
    with pytest.raises(Refusal):
        judge_recurrence(case, link.pk, by=cast.guo, confirmed=True)
    assert suspect_recurrences(case.uid) == []
    assert links(case)[0].confirmed is None


def test_only_confirmed_ones_are_counted_for_the_unit_and_the_place(
    cast: Cast, kinds: Kinds, closed: Case
) -> None:
    case, _ = again(cast, kinds), again(cast, kinds)
    now = clock.now()
    day = timedelta(days=1)
    assert queries.confirmed_recurrences(now - day, now + day) == []
    judge_recurrence(case, links(case)[0].pk, by=cast.guo, confirmed=True)
    (counted,) = queries.confirmed_recurrences(now - day, now + day)
    assert (counted.unit_id, counted.street_id) == (cast.street.pk, case.street_id)
    assert (counted.category_id, counted.count) == (kinds.rubbish.pk, 1)
    assert queries.confirmed_recurrences(now + day, now + 2 * day) == []
