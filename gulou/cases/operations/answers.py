"""What the reporter says at the end, a rating or an objection, and what the office answers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import search, states
from gulou.cases.facts import (
    CaseObjected,
    CaseUpheld,
    ReportAnswered,
    ReportCombined,
    ReportObjected,
    ReportProgressed,
    ReportRated,
    ReportWritten,
)
from gulou.cases.family import family_of, locked_chain, reports_of_family
from gulou.cases.models import Answer, Case, Report
from gulou.cases.states import State
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.queries import story
from gulou.outbox.record import record
from gulou.people.models import User

from .ground import allow, keep_words, leave, locked, put

ANSWERABLE = frozenset({State.CLOSED, State.DECLINED})


@rows.together()
def rate_case(report: Report, *, rating: int, words: str = "") -> Answer:
    """Rate how it ended, 1 to 5, once. The holder of the tracking link is the reporter."""
    report, case = _answered(report)
    if rating not in range(1, 6):
        raise Invalid("report.rating", _("Choose one to five stars."), field="rating")
    if report.answers.filter(objection=False).exists():
        raise Refusal("report.rated", _("You have rated this already. Thank you."))
    kept, digest = keep_words(words) if clean(words) else (None, "")
    answer = Answer.objects.create(report=report, rating=rating, words=kept, at=clock.now())
    record(
        ReportRated(
            case=str(case.uid), rating=rating, words=kept.pk if kept else None, words_digest=digest
        ),
        subject=report, actor=f"report:{report.uid}",
    )  # fmt: skip
    return answer


@rows.together()
def object_to_case(report: Report, *, words: str) -> Answer:
    """Say why it is not done. The dispatcher decides whether to reopen or to uphold."""
    report, case = _answered(report)
    if not clean(words):
        raise Invalid("report.objection_words", _("Say what is still wrong."), field="words")
    if report.answers.filter(objection=True, answered_at=None).exists():
        raise Refusal(
            "report.objection_waits",
            _("There is an objection already and the office is looking at it."),
        )
    kept, digest = keep_words(words)
    answer = Answer.objects.create(report=report, objection=True, words=kept, at=clock.now())
    search.also_find(report.case_id, words)
    case.objected_at = case.objected_at or answer.at
    put(case, None, "objected_at")
    actor = f"report:{report.uid}"
    record(
        ReportObjected(case=str(case.uid), words=kept.pk, words_digest=digest),
        subject=report, actor=actor,
    )  # fmt: skip
    record(
        CaseObjected(report=str(report.uid), words=kept.pk, words_digest=digest),
        subject=case, actor=actor,
    )  # fmt: skip
    return answer


def _answered(report: Report) -> tuple[Report, Case]:
    """The report and the case that answers for it, both locked, once that case has ended."""
    *_merged, case = locked_chain(report.case_id)
    report = Report.objects.select_for_update().get(pk=report.pk)
    if case.state not in ANSWERABLE:
        raise Refusal(
            "report.not_ended", _("You can answer when the case has ended. It is still open.")
        )
    return report, case


@rows.together()
def uphold_case(case: Case, *, by: User, words: str, seen: int | None = None) -> Case:
    """Answer the objections with no: it stays as it ended, for the reason given.

    Who objected reads these words, and is told that there is an answer.
    """
    case = locked(case, seen=seen)
    allow(by, states.UPHOLD, case)
    states.UPHOLD.check(case.state)
    if case.objected_at is None:
        raise Refusal("case.no_objection", _("No objection to this case waits for an answer."))
    left = leave(case, states.UPHOLD, by=by, words=words, reason_id=None)
    reports = settle_objections(case)
    put(case, None, "objected_at")
    event = record(
        CaseUpheld(words=left.words, words_digest=left.words_digest),
        subject=case, actor=by.actor,
    )  # fmt: skip
    _tell(reports, ReportAnswered(case=str(case.uid), event=event.pk), by.actor)
    return case


def settle_objections(case: Case) -> list[int]:
    """Mark every objection to the locked case, also through what was merged into it, as answered.

    The caller saves `objected_at`. Returns the ids of the reports that objected.
    """
    waiting = _objections(case)
    reports = list(waiting.values_list("report_id", flat=True))
    waiting.update(answered_at=clock.now())
    case.objected_at = None
    return reports


def objected_since(case: Case) -> datetime | None:
    """Since when an objection to the case has waited for its answer."""
    return _objections(case).order_by("at").values_list("at", flat=True).first()


def _objections(case: Case) -> QuerySet[Answer]:
    return Answer.objects.filter(
        objection=True, answered_at=None, report__case__in=family_of(case)
    )  # fmt: skip


@rows.together()
def answer_reports(uid: UUID, *, event: int) -> None:
    """Owe each reporter of a case, and of those merged into it, the news that it has ended.

    `event` is the fact of the case that it follows from; a second call for it does nothing.
    """
    _tell(_reports_of(uid), ReportAnswered(case=str(uid), event=event), "system")


@rows.together()
def combine_reports(uid: UUID, *, event: int) -> None:
    """Owe each reporter of a merged case the news that another case answers for it. As above."""
    _tell(_reports_of(uid), ReportCombined(case=str(uid), event=event), "system")


@rows.together()
def write_to_reports(uid: UUID, *, event: int) -> None:
    """Owe each reporter of a case the news that the office wrote to them. As above."""
    _tell(_reports_of(uid), ReportWritten(case=str(uid), event=event), "system")


@rows.together()
def progress_reports(uid: UUID, *, event: int, what: str, followed: Collection[int] = ()) -> None:
    """Owe each reporter who can be told the news that it was dispatched or handled; each once.

    Who left a contact, or whose report is among those `followed` in some other way.
    """
    fact = ReportProgressed(case=str(uid), event=event, what=what)
    for report in _locked_reports(_reports_of(uid)):
        if report.contact_id is None and report.pk not in followed:
            continue
        told = story(report.subject_kind, report.uid)
        if all((one.name, one.payload.get("what")) != (fact.name, what) for one in told):
            record(fact, subject=report, actor="system")


def _reports_of(uid: UUID) -> list[int]:
    """The reports of a case and of all that was merged into it."""
    return reports_of_family(uid)


@Compiled
def _locked_reports(pks: list[int]) -> QuerySet[Report]:
    return Report.objects.select_for_update().filter(pk__any=pks).order_by("pk")


def _tell(
    reports: list[int], fact: ReportAnswered | ReportCombined | ReportWritten, actor: str
) -> None:
    """Record the fact on each report, once: what is owed to one never waits for another."""
    for report in _locked_reports(reports):
        told = story(report.subject_kind, report.uid)
        if all((one.name, one.payload.get("event")) != (fact.name, fact.event) for one in told):
            record(fact, subject=report, actor=actor)
