"""Stories of closed cases that were drawn to be looked at again: most are in order, some have come back."""

from datetime import timedelta

from gulou.cases import operations as cases
from gulou.cases.models import Case, Revisit, RevisitKind, Source
from gulou.cases.states import State
from gulou.catalogue import operations as catalogue
from gulou.catalogue.operations.checkings import SHIPPED
from gulou.catalogue.queries import CheckingRef, category_coded
from gulou.kit import clock

from .fates import BY_THE_PUBLIC, Fate, Spot, Story
from .seasons import on_duty
from .sights import SIGHTS
from .work import Work

_LEFT = timedelta(days=1, hours=6)
"""So long an open one is left for those who sign in today."""


# Which ones are drawn is another matter in each installation; the past is to be the same in all. So
# all of these are looked at again in it, and of others none.
SEEN_AGAIN = {
    "event.01.10": CheckingRef(first_share=100),
    "event.04.05": CheckingRef(way="on_spot", blind_share=100),
}


def choose_by_category(*, by: str) -> None:
    """How closed cases are looked at again while the past is told."""
    catalogue.set_checking(None, CheckingRef(), by=by)
    for code, checking in SEEN_AGAIN.items():
        catalogue.set_checking(category_coded(code).id, checking, by=by)


def choose_for_all(*, by: str) -> None:
    """From today on also a share of all others."""
    catalogue.set_checking(None, SHIPPED, by=by)


class LookBacks(Work):
    """Who was drawn visits closed cases again, twice a day, and what has come back is done anew."""

    visited = 0

    def _look_backs(self) -> Story:
        while True:
            cases.begin_look_backs()
            for revisit in self._to_answer():
                self._answer_one(revisit)
            yield on_duty(clock.now() + timedelta(hours=11), self.rng)

    def _to_answer(self) -> list[Revisit]:
        waiting = Revisit.objects.filter(
            ended_at=None, person__isnull=False, begun_at__lte=clock.now() - _LEFT
        )
        return list(waiting.select_related("case", "person").order_by("begun_at", "pk"))

    def _answer_one(self, revisit: Revisit) -> None:
        case = revisit.case
        if case.state != State.CLOSED or revisit.person is None:
            return
        # By turns, not by what differs between installations: numbers, ids, who was drawn.
        self.visited += 1
        bad = self.visited % 7 == 3 and self._may_come_back(revisit)
        words = "现场查看，保持良好"
        if bad:
            words = "原处又出现同样问题" if revisit.days else "现场仍有残留，未清理到位"
        cases.answer_revisit(revisit, by=revisit.person, passed=not bad, words=words)
        if bad:
            self._begin(self._duty(15, 90), self._once_more(Case.objects.get(pk=case.pk)))

    def _may_come_back(self, revisit: Revisit) -> bool:
        """Whether no other story is still told of the case."""
        case = revisit.case
        theirs = (*BY_THE_PUBLIC, Source.ASSIGNED)
        if revisit.kind == RevisitKind.BLIND and case.source in theirs:
            return False
        return case.objected_at is None and not case.pleas.exists()

    def _once_more(self, case: Case) -> Story:
        sight = next(
            (one for one in SIGHTS if self.categories[one.category].pk == case.category_id), None
        )
        if sight is not None and case.state == State.FILED:
            spot = Spot(case.lat, case.lon, case.address)
            yield from self._work(case, sight, spot, Fate(share=0.5))
