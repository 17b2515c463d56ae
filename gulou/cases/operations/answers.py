"""What the reporter says at the end: a rating, or an objection that asks the office to look again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases.facts import CaseObjected, ReportObjected, ReportRated
from gulou.cases.models import Answer, Case, Report
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record

from .ground import keep_words, locked, put

ANSWERABLE = frozenset({State.CLOSED, State.DECLINED})


@transaction.atomic
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


@transaction.atomic
def object_to_case(report: Report, *, words: str) -> Answer:
    """Say why it is not done. The dispatcher decides whether to reopen."""
    report, case = _answered(report)
    if not clean(words):
        raise Invalid("report.objection_words", _("Say what is still wrong."), field="words")
    if case.objected_at is not None:
        raise Refusal(
            "report.objection_waits",
            _("There is an objection already and the office is looking at it."),
        )
    kept, digest = keep_words(words)
    answer = Answer.objects.create(report=report, objection=True, words=kept, at=clock.now())
    case.objected_at = clock.now()
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
    report = Report.objects.select_for_update().get(pk=report.pk)
    case = locked(report.case)
    while case.merged_into is not None:
        case = locked(case.merged_into)
    if case.state not in ANSWERABLE:
        raise Refusal(
            "report.not_ended", _("You can answer when the case has ended. It is still open.")
        )
    return report, case
