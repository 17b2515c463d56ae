"""Urging: who the case waits for is on the record, and nobody is urged every minute."""

from datetime import timedelta

import pytest

from gulou.cases import operations
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import NotAllowed, Refusal
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case


def test_it_says_who_the_case_waits_for(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    operations.urge_case(case, by=cast.guo, words="省里来电")
    told = Event.objects.get(name="case.urged").payload
    assert (told["unit"], told["step"]) == (cast.street.pk, case.step_id)
    assert "省里" not in str(told), "a fact holds no words of people"


def test_it_refuses_a_second_time_within_ten_minutes(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    operations.urge_case(case, by=cast.guo)
    with pytest.raises(Refusal) as refused:
        operations.urge_case(case, by=cast.guo)
    assert refused.value.code == "case.urged_already"
    with clock.at(clock.now() + timedelta(minutes=11)):
        operations.urge_case(case, by=cast.guo)
    assert Event.objects.filter(name="case.urged").count() == 2


def test_it_refuses_who_may_not(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    with pytest.raises(NotAllowed):
        operations.urge_case(case, by=cast.lin)
