"""Stories that are told once each: pictures that show something else, covers drawn by hand, and a
quarrel of two units that ends in a rule."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from gulou.cases import jobs as case_jobs
from gulou.cases import operations as cases
from gulou.cases.models import Case, Source
from gulou.cases.operations import Evidence
from gulou.kit import clock
from gulou.orders import operations as orders
from gulou.orders.models import Order
from gulou.photos.covers import CoverKind, Drawn
from gulou.photos.decoding.client import Unreadable

from . import sights
from .fates import Course, Spot, Story
from .levels import Levels
from .seasons import ZONE, working
from .sights import SIGHTS, Sight

# In 古巷街道, which has its ways.
ALLEY = Spot(26.0813, 119.2922, "南石巷口")
# The plates of the two cars in the picture of a fire lane, and a little around them.
PLATES = ((0.285, 0.788, 0.097, 0.062), (0.580, 0.8205, 0.097, 0.062))


class Disputes(Levels):
    """What a rechecker and an arbiter are there for."""

    def _dispute_stories(self) -> Iterator[tuple[datetime, Story]]:
        by_kind = {sight.kind: sight for sight in SIGHTS}
        rubbish, goods, cover = (by_kind[kind] for kind in ("rubbish", "goods", "cover"))

        def ago(days: float, story: Story) -> tuple[datetime, Story]:
            return working(self.until - timedelta(days=days), self.rng), story

        yield ago(24, self._ends_in_a_rule(cover, self._spot(cover)))
        yield ago(13, self._faked(rubbish, "rubbish", 0, "before"))
        yield ago(8, self._faked(goods, "rubbish", 0, "after"))
        yield ago(10, self._supervised(rubbish, ALLEY))
        yield ago(1.1, self._waits_for_an_answer(goods, ALLEY))
        yield ago(11, self._covered(by_kind["firelane"]))
        yield (
            self.until - timedelta(hours=6),
            self._faked(goods, "rubbish", 1, "after", waits=True),
        )

    # Under supervision.

    def _supervised(self, sight: Sight, spot: Spot) -> Story:
        """The head of the unit answers for it: first not well enough, then it is accepted."""
        case = yield from self._handling(sight, spot, Source.INSPECTION)
        yield self._duty(60, 120)
        order = self._order(case, days=3)
        yield self._working(200, 300)
        order = orders.answer_order(order, by=order.person, words="已安排人员，近期处置")
        yield self._duty(30, 90)
        words = "请写明完成时间和责任人，并附现场情况"
        order = orders.send_back(order, by=self.dispatcher, words=words)
        yield self._working(60, 200)
        case = yield from self._done(case, sight, spot)
        order = orders.answer_order(
            order, by=order.person, words="已于今日清运完毕，由分管副职现场督办"
        )
        yield self._duty(20, 60)
        orders.accept_answer(order, by=self.dispatcher, words="同意销号")

    def _waits_for_an_answer(self, sight: Sight, spot: Spot) -> Story:
        case = yield from self._handling(sight, spot, Source.INSPECTION)
        yield self._later(20, 40)
        self._order(case, days=2)

    def _order(self, case: Case, *, days: int) -> Order:
        """By the district, of the head of the unit that has the case."""
        due = (clock.now() + timedelta(days=days)).astimezone(ZONE)
        due = working(due, self.rng).replace(hour=17, minute=30, second=0, microsecond=0)
        words = "该点位多次被反映，请主要负责人牵头，限期整改并书面答复"
        return orders.give_order(case, by=self.dispatcher, words=words, due_at=due)

    # Pictures.

    def _faked(
        self, sight: Sight, kind: str, scene: int, stage: str, *, waits: bool = False
    ) -> Story:
        """The unit sends the picture from before once more, or that of another place. What was
        found is shown at the recheck; a person confirms it, and it counts against the unit."""
        case = yield from self._handling(sight, ALLEY, Source.INSPECTION)
        worker = self.house.workers[case.unit_id]
        yield self._later(60, 90)
        sent = self._staged(kind, replace(ALLEY, scene=scene), stage)
        case = self._handle(case, worker, sight.answers[0], sent)
        self._examine(case, sent)
        if waits:
            return
        yield self._working(20, 60)
        case = cases.rework_case(
            case, by=self._checker(case),
            reason_id=self.reasons["rework", "photo_unclear"], faked=sent.photos,
            words="照片与处置前为同一张，或不是该点位；到现场看过，问题仍在",
        )  # fmt: skip
        yield self._working(60, 200)
        yield from self._done(case, sight, ALLEY)

    def _examine(self, case: Case, sent: Evidence) -> None:
        """As the worker does it, when a unit has sent pictures of its work."""
        # Where there is too little memory to look, the rechecker has to do without hints.
        with suppress(Unreadable):
            case_jobs.examine(case, [str(uid) for uid in sent.photos])

    def _covered(self, sight: Sight) -> Story:
        """No detector has seen the plates; the dispatcher covers them, and then shows the case."""
        spot = self._spot(sight)
        case = yield from self._handling(sight, spot, Source.INSPECTION, dim=True)
        yield self._working(60, 200)
        case = yield from self._done(case, sight, spot)
        yield self._duty(20, 60)
        before, *_rest = case.photos.filter(kind="before").select_related("photo")
        drawn = [Drawn(CoverKind.PLATE, box) for box in PLATES]
        cases.change_covers(case, before.photo.uid, by=self.dispatcher, drawn=drawn, removed=())
        yield self._later(2, 5)
        uids = list(case.photos.values_list("photo__uid", flat=True))
        summary = f"{case.address}{sight.seen}，{sight.answers[0]}。"
        cases.release_photos(case, by=self.dispatcher, uids=uids, summary=summary)

    # Whose it is.

    def _ends_in_a_rule(self, sight: Sight, spot: Spot) -> Story:
        """Two units name each other. The office decides, and the decision holds from then on."""
        case = self._report(sight, spot, Source.INSPECTION, sight.words[0]).case
        yield self._duty(5, 20)
        lines, roads = (self.house.departments[code].pk for code in ("D25", "D03"))
        case = cases.dispatch_case(case, by=self.dispatcher, unit_id=lines)
        case = yield from self._gives_back(case, roads, sights.WAR[0])
        yield self._duty(10, 60)
        case = cases.dispatch_case(case, by=self.dispatcher, unit_id=roads)
        case = yield from self._gives_back(case, lines, sights.WAR[1])
        yield self._working(120, 300)
        case = self._arbitrate(case, lines)
        yield self._later(5, 15)
        decided = case.arbitrations.get()
        cases.make_rule_of(
            case, decided.pk, by=self.dispatcher, area_id=None, condition_id=None,
            reason="经裁定，弱电井盖由管线权属单位养护",
        )  # fmt: skip
        yield self._working(20, 60)
        case = cases.accept_case(
            Case.objects.get(pk=case.pk), by=self.house.workers[lines], words="已知悉，安排更换"
        )
        yield self._working(60, 120)
        yield from self._done(case, sight, spot)

    def _gives_back(self, case: Case, named_id: int, words: str) -> Course:
        yield self._working(30, 100)
        return cases.return_case(
            case, by=self.house.workers[case.unit_id], words=words, named_id=named_id,
            reason_id=self.reasons["return", "not_our_duty"],
        )  # fmt: skip
