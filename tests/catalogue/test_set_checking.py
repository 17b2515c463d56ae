"""How cases of a category are checked: as set for it, its class, all others; each change is on record."""

from dataclasses import replace

import pytest

from gulou.catalogue import history, queries
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.operations import set_checking, take_back
from gulou.catalogue.operations.checkings import begin_with_shipped
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds

SOME = CheckingRef(way="on_spot", blind_share=20, first_share=10, second_share=5)


def test_the_category_comes_before_its_class_and_that_before_all_others(kinds: Kinds) -> None:
    of = kinds.rubbish.pk
    assert queries.checking_for(of) == CheckingRef()
    for n, held in enumerate((None, kinds.a_class.pk, of), 1):
        set_checking(held, replace(SOME, blind_share=n), by="system")
    assert queries.checking_for(of).blind_share == 3
    assert queries.checking_for(kinds.smoking.pk).blind_share == 2
    set_checking(kinds.a_class.pk, None, by="system")
    assert queries.checking_for(kinds.smoking.pk).blind_share == 1


def test_it_is_on_record_and_taken_back(kinds: Kinds) -> None:
    set_checking(None, SOME, by="system")
    set_checking(None, replace(SOME, blind_share=30), by="system")
    first, second = Event.objects.filter(name="checking.set").order_by("pk")
    (change, _older) = history.history(history.CHECKINGS)
    assert [(one.was, one.became) for one in change.details] == [("20", "30")]
    with pytest.raises(Refusal):
        take_back(first.pk, by="system")
    take_back(second.pk, by="system")
    assert queries.checking_for(kinds.rubbish.pk) == SOME
    take_back(Event.objects.filter(name="checking.set").latest("pk").pk, by="system")
    assert queries.checking_for(kinds.rubbish.pk).blind_share == 30


@pytest.mark.parametrize(
    "wrong",
    [{"blind_share": 101}, {"first_days": 0}, {"second_days": 7}, {"way": "by_telephone"}],
)
def test_it_refuses_what_makes_no_sense(kinds: Kinds, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        set_checking(None, replace(SOME, **wrong), by="system")  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.field == next(iter(wrong))


def test_it_refuses_who_may_not_and_what_is_not_there(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(NotAllowed):
        set_checking(None, SOME, by=cast.guo)
    with pytest.raises(NotFound):
        set_checking(0, SOME, by="system")
    with pytest.raises(Refusal):
        set_checking(kinds.rubbish.pk, None, by="system")


def test_what_is_shipped_leaves_what_the_office_set(kinds: Kinds) -> None:
    begin_with_shipped(by="system")
    assert queries.checking_for(kinds.rubbish.pk).visits == ((7, 10), (30, 5))
    set_checking(None, SOME, by="system")
    begin_with_shipped(by="system")
    assert queries.checking_for(kinds.rubbish.pk) == SOME
