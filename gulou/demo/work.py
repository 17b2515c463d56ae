"""The work of units in a story, and what comes after it."""

from dataclasses import replace

from django.db.models import QuerySet

from gulou.cases import operations as cases
from gulou.cases.facts import CaseSettling
from gulou.cases.models import Case, ReplyForm, Report, Source
from gulou.cases.operations import Evidence
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.people.models import User
from gulou.workbench import operations as workbench

from . import sights
from .fates import BY_THE_PUBLIC, Course, Fate, Outcome, Spot, Story
from .props import Props
from .sights import Sight


class Work(Props):
    """From dispatch to the recheck, and what is said when it is over."""

    def _work(self, case: Case, sight: Sight, spot: Spot, fate: Fate) -> Outcome:
        """From dispatch to the recheck; the case as it is then, or None where it waits."""
        if case.state == State.FILED:
            case = self._dispatch(case)
        if fate.stops == State.DISPATCHED:
            return None
        case = yield from self._returns(case, fate)
        yield self._working(5, 100)
        if case.state != State.DISPATCHED:
            return None
        worker, manner = self.house.workers[case.unit_id], self._manner(case)
        case = cases.accept_case(case, by=worker)
        if fate.asked:
            self._begin(self._duty(40, 200), self._answer(case))
            case = workbench.note_and_mention(
                case, by=worker, words="需要路权单位配合，请协调", people=[self.dispatcher]
            )
        if self.rng.random() < manner.notes:
            cases.note_case(case, by=worker, words=self.rng.choice(sights.NOTES))
        if fate.public_note:
            cases.note_case(
                case, by=self.dispatcher, words=self.rng.choice(sights.PUBLIC_NOTES), public=True
            )
        if fate.stops == State.HANDLING:
            return None
        bad = self.rng.random() < manner.reworks
        fate = replace(fate, reworked=self.rng.choice((1, 1, 1, 2)) if bad else 0)
        found: Case | None = case
        for attempt in range(fate.reworked + 1):
            if found is not None:
                found = yield from self._attempt(found, worker, sight, spot, fate, attempt)
        return found

    def _answer(self, case: Case) -> Story:
        """The dispatcher answers who asked."""
        workbench.note_and_mention(
            case, by=self.dispatcher, words="已与路权单位联系，明天上午九点现场碰头"
        )
        yield from ()

    def _attempt(
        self, case: Case, worker: User, sight: Sight, spot: Spot, fate: Fate, attempt: int
    ) -> Outcome:
        """The unit does its work, and somebody else looks."""
        yield self._effort(case, fate)
        if case.state != State.HANDLING:
            return None
        if case.due_at and clock.now() > case.due_at and self.rng.random() < 0.3:
            words = f"已超时，请尽快办结。{self.rng.choice(sights.NOTES)}"
            cases.note_case(case, by=self.dispatcher, words=words)
        last = attempt == fate.reworked
        done = self._staged(sight.kind, spot, "after" if last else "half")
        answer = self.rng.choice(sight.answers)
        case = self._handle(case, worker, answer, done)
        if fate.stops == State.HANDLED:
            return None
        yield self._working(8, 45)
        checker = self._checker(case)
        if not last:
            reason = self.rng.choice(("half_done", "not_done", "came_back", "photo_unclear"))
            return cases.rework_case(
                case, by=checker, reason_id=self.reasons["rework", reason],
                words="现场仍有残留，请再处置", evidence=self._staged(sight.kind, spot, "half", dim=True),
            )  # fmt: skip
        seen = Evidence() if sight.kind else self._staged("", spot, "after")
        if sight.kind and self.rng.random() < 0.12:
            seen = self._staged(sight.kind, spot, "after", dim=True)
        return cases.close_case(case, by=checker, words="现场核查，问题已解决", evidence=seen)

    def _handle(self, case: Case, by: User, words: str, done: Evidence | None = None) -> Case:
        """The unit reports it as handled; a little later it is drawn who rechecks."""
        case = cases.handle_case(case, by=by, words=words, evidence=done or Evidence())
        self._begin(clock.now() + CaseSettling.settles_after, self._lot(case))
        return case

    def _lot(self, case: Case) -> Story:
        cases.assign_recheck(case, case.step_id or 0)
        yield from ()

    def _checker(self, case: Case) -> User:
        """Who was drawn to recheck it, or is named where nobody could be."""
        (now,) = _with_person(case.pk)
        if now.step_person is not None:
            return now.step_person
        named = self.house.recheckers[0]
        cases.name_rechecker(now, by=self.dispatcher, person=named)
        return named

    def _returns(self, case: Case, fate: Fate) -> Course:
        """Units give it back: once by the way, or until the office has to arbitrate."""
        returns = fate.returned or int(self.rng.random() < self._manner(case).returns)
        # What was decided in arbitration stays where it is.
        if case.returns:
            returns = 0
        first = case.unit_id
        for n in range(returns):
            yield self._working(15, 110)
            if case.state != State.DISPATCHED:
                return case
            # Two that name each other, or three that name nobody.
            named = self._other(case, case.unit_id, n, war=True) if n == 0 else first
            war = returns > 1
            case = yield from self._return(case, n, war=war, named=named if returns == 2 else None)
        return case

    def _return(self, case: Case, n: int, *, war: bool, named: int | None) -> Course:
        """The unit gives it back; the dispatcher sends it to another, which may do the same."""
        worker, gave = self.house.workers[case.unit_id], case.unit_id
        if war:
            reason, words = "not_our_duty", sights.WAR[n % len(sights.WAR)]
        else:
            reason, words = self.rng.choice((
                ("not_our_duty", "经核对不属于我单位管理范围"), ("not_our_area", "该点位在路的另一侧，属相邻街道"),
                ("wrong_category", "类别有误，应按设施破损派遣"), ("needs_others", "需先由管线单位断电后方可处置"),
                ("not_found", "按地址未找到，请补充照片"),
            ))  # fmt: skip
        case = cases.return_case(
            case, by=worker, reason_id=self.reasons["return", reason], words=words, named_id=named
        )
        yield self._duty(10, 60)
        if case.state != State.FILED:
            return case
        other = named or self._other(case, gave, n, war)
        words = "经现场会明确由你单位牵头，请接收办理" if war and n else ""
        if case.step_kind == StepKind.ARBITRATE:
            yield self._working(60, 300)
            return self._arbitrate(case, other)
        return cases.dispatch_case(case, by=self.dispatcher, unit_id=other, words=words)

    def _arbitrate(self, case: Case, unit_id: int) -> Case:
        """The office ends it, with reasons."""
        return cases.arbitrate_case(
            case, by=self.dispatcher, unit_id=unit_id,
            words="已召集双方到现场，并查阅移交台账：该处已移交你单位养护，由你单位负责，不再退回",
        )  # fmt: skip

    def _other(self, case: Case, gave: int, n: int, war: bool) -> int:
        """The unit that gets it next: of two that fight, the other one."""
        departments = self.house.departments
        if war:
            two = [departments["D03"].pk, departments["D25"].pk]
            return next(pk for pk in two if pk != gave)
        street = self.house.streets.get(case.street_id or 0)
        if street is not None and street.pk != gave:
            return street.pk
        return departments["D01"].pk if departments["D01"].pk != gave else departments["D02"].pk

    def _dispatch(self, case: Case) -> Case:
        routing = routing_of(case)
        unit_id = routing.unit_id or self.house.departments["D01"].pk
        by = self.rng.choice(self.house.dispatchers)
        return cases.dispatch_case(case, by=by, unit_id=unit_id, assisting=routing.assisting_ids)

    def _afterwards(
        self, case: Case, report: Report, sight: Sight, spot: Spot, fate: Fate
    ) -> Story:
        yield self._working(20, 500)
        if self._is_closed(case) and fate.released:
            shown = case.photos.filter(kind__in=("before", "after"))
            place = case.address or self._summary(case)
            summary = f"{place}{sight.seen}，{self.rng.choice(sight.answers)}。"
            uids = list(shown.values_list("photo__uid", flat=True))
            cases.release_photos(case, by=self.dispatcher, uids=uids, summary=summary)
        if report.source == Source.ASSIGNED and fate.rated:
            yield self._working(30, 900)
            cases.answer_assignment(
                case, by=self.dispatcher, form=ReplyForm.WRITTEN,
                words=f"贵单位转来的{sight.seen}问题已于今日办结，现场核查合格，特此报告。",
            )  # fmt: skip
        if report.source not in BY_THE_PUBLIC:
            return
        yield self._later(60, 2400)
        if fate.objected:
            yield from self._objection(case, report, sight, spot)
        elif fate.rated:
            stars = self.rng.choices([5, 4, 3, 2, 1], [50, 28, 11, 7, 4])[0]
            words = self.rng.choice(sights.THANKS if stars > 3 else sights.GRUMBLES)
            if self._is_closed(case):
                cases.rate_case(report, rating=stars, words=words)

    def _objection(self, case: Case, report: Report, sight: Sight, spot: Spot) -> Story:
        if not self._is_closed(case):
            return
        cases.object_to_case(report, words=self.rng.choice(sights.OBJECTIONS))
        yield self._duty(90, 900)
        if not self._is_closed(case):
            return
        if self.rng.random() < 0.35:
            cases.uphold_case(case, by=self.dispatcher, words=sights.UPHELD)
            return
        reason = self.rng.choice(("not_solved", "came_back", "new_evidence"))
        case = cases.reopen_case(
            case, by=self.dispatcher, reason_id=self.reasons["reopen", reason],
            words="反映属实，重新办理",
        )  # fmt: skip
        yield self._duty(10, 60)
        ended = yield from self._work(case, sight, spot, Fate(share=0.5))
        if ended is not None and ended.state == State.CLOSED and self.rng.random() < 0.5:
            yield self._later(120, 2400)
            if self._is_closed(ended):
                cases.rate_case(report, rating=4, words="这次处理好了")

    def _is_closed(self, case: Case) -> bool:
        """Whether it is closed now: a look-back may have opened it again."""
        return bool(_closed(case.pk))


@Compiled
def _with_person(case_id: int) -> QuerySet[Case]:
    return Case.objects.select_related("step_person").filter(pk=case_id)


@Compiled
def _closed(case_id: int) -> QuerySet[Case, int]:
    return Case.objects.filter(pk=case_id, state=State.CLOSED).values_list("pk", flat=True)
