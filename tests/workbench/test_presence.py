"""Two people on one case see each other, for a minute."""

from datetime import timedelta

from gulou.kit import clock
from gulou.workbench.models import Presence
from gulou.workbench.operations.presence import be_at, forget_presence, go_from
from gulou.workbench.queries.presence import others_at
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case


def test_others_are_seen_writers_first_and_oneself_is_not(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    be_at(case, by=cast.guo)
    be_at(case, by=cast.lin)
    be_at(case, by=cast.wu, writing=True)
    assert [(h.name, h.writing) for h in others_at([case.pk], reader=cast.guo)[case.pk]] == [
        (str(cast.wu), True), (str(cast.lin), False)]  # fmt: skip


def test_nobody_is_seen_after_a_minute_or_when_they_have_gone(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    be_at(case, by=cast.lin)
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert others_at([case.pk], reader=cast.guo) == {}
    go_from(case, by=cast.lin)
    assert others_at([case.pk], reader=cast.guo) == {}


def test_it_is_forgotten(cast: Cast, kinds: Kinds) -> None:
    be_at(a_case(cast, kinds.rubbish), by=cast.lin)
    assert forget_presence() == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert forget_presence() == 1
    assert not Presence.objects.exists()
