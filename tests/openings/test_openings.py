"""The public side opens part by part, by two people, and closes at once by one."""

import pytest

from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.openings import operations as openings
from gulou.openings.models import Opening, OpeningStep
from gulou.openings.queries import any_open, is_open, may_look, parts_seen_by
from gulou.openings.states import APPROVE, ASK, Part
from gulou.outbox.queries import story
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(cast: Cast) -> User:
    """wu approves; guo asks."""
    _give(cast.guo, ASK, cast)
    _give(cast.wu, APPROVE, cast)
    return cast.wu


def _give(user: User, verb: str, cast: Cast) -> None:
    PostingFactory.create(user=user, role=RoleFactory.create(verbs=[verb]), unit=cast.office)


def _names(part: Part) -> list[str]:
    opening = Opening.objects.get(part=part)
    return [event.name for event in story(opening.subject_kind, opening.uid)]


def test_everything_ships_closed(cast: Cast) -> None:
    assert not any_open(*Part)


def test_one_asks_and_another_opens(cast: Cast, approver: User) -> None:
    openings.ask_opening(Part.LIST, by=cast.guo, note="试运行结束")
    assert not is_open(Part.LIST)
    openings.approve_opening(Part.LIST, by=approver, note="榕文明办〔2026〕12号")
    assert is_open(Part.LIST)
    assert not is_open(Part.MAP)
    assert _names(Part.LIST) == ["opening.asked", "opening.approved"]
    assert OpeningStep.objects.first().note == "榕文明办〔2026〕12号"  # type: ignore[union-attr]


def test_notes_are_in_no_fact(cast: Cast, approver: User) -> None:
    openings.ask_opening(Part.LIST, by=cast.guo, note="内部说明")
    opening = Opening.objects.get()
    payloads = [event.payload for event in story(opening.subject_kind, opening.uid)]
    assert "内部说明" not in str(payloads)


def test_nobody_approves_what_they_asked_for(cast: Cast, approver: User) -> None:
    _give(cast.guo, APPROVE, cast)
    openings.ask_opening(Part.MAP, by=cast.guo, note="")
    with pytest.raises(NotAllowed):
        openings.approve_opening(Part.MAP, by=cast.guo, note="自己批")
    assert not is_open(Part.MAP)


def test_it_refuses_who_may_not(cast: Cast, approver: User) -> None:
    with pytest.raises(NotAllowed):
        openings.ask_opening(Part.LIST, by=cast.lin, note="")
    openings.ask_opening(Part.LIST, by=cast.guo, note="")
    with pytest.raises(NotAllowed):
        openings.approve_opening(Part.LIST, by=cast.lin, note="同意")
    with pytest.raises(NotAllowed):
        openings.close_opening(Part.LIST, by=cast.lin)


def test_it_refuses_when_it_may_not(cast: Cast, approver: User) -> None:
    with pytest.raises(Refusal):
        openings.approve_opening(Part.DATA, by=approver, note="同意")
    with pytest.raises(Refusal):
        openings.close_opening(Part.DATA, by=approver)
    openings.ask_opening(Part.DATA, by=cast.guo, note="")
    with pytest.raises(Refusal):
        openings.ask_opening(Part.DATA, by=cast.guo, note="")
    with pytest.raises(Invalid) as refused:
        openings.approve_opening(Part.DATA, by=approver, note="  ")
    assert refused.value.field == "note"


@pytest.mark.parametrize("closes", ["guo", "wu"])
def test_either_closes_at_once(cast: Cast, approver: User, closes: str) -> None:
    openings.ask_opening(Part.LIST, by=cast.guo, note="")
    openings.approve_opening(Part.LIST, by=approver, note="同意")
    openings.close_opening(Part.LIST, by=getattr(cast, closes), note="有照片待核")
    assert not is_open(Part.LIST)
    assert _names(Part.LIST)[-1] == "opening.closed"


def test_what_was_asked_for_is_withdrawn(cast: Cast, approver: User) -> None:
    openings.ask_opening(Part.LIST, by=cast.guo, note="")
    openings.close_opening(Part.LIST, by=approver, note="再议")
    assert _names(Part.LIST)[-1] == "opening.withdrawn"
    openings.ask_opening(Part.LIST, by=cast.guo, note="再次申请")


def test_each_sees_what_they_may_do(cast: Cast, approver: User) -> None:
    openings.ask_opening(Part.LIST, by=cast.guo, note="")
    mine, theirs = parts_seen_by(cast.guo), parts_seen_by(approver)
    assert [one.may_approve for one in mine] == [False] * 4
    assert [one.may_approve for one in theirs] == [True, False, False, False]
    assert [one.may_ask for one in mine] == [False, True, True, True]
    assert may_look(cast.guo)
    assert not may_look(cast.lin)
