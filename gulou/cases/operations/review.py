"""Somebody else looks: close it, send it back, open it again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import CaseClosed, CaseReopened, CaseReworked, RecheckerNamed
from gulou.cases.models import Case, CasePhoto, FakedPhoto, PhotoKind, Step
from gulou.cases.rechecks import is_independent, may_recheck, waits_for
from gulou.cases.states import Move, State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import RecheckWay
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .answers import settle_objections
from .arbitration import begin_dispatch
from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    begin_step,
    end_steps,
    leave,
    locked,
    put,
)
from .triage import locked_with_restricted, restrict_merged


@rows.together()
def name_rechecker(
    case: Case, *, by: User, person: User, words: str = "", seen: int | None = None
) -> Case:
    """The district office names who rechecks, where no team has anybody independent or free."""
    case = locked(case, seen=seen)
    allow(by, states.NAME_RECHECKER, case)
    states.NAME_RECHECKER.check(case.state)
    if not may_recheck(person, case):
        raise Invalid(
            "case.rechecker_not_independent",
            _("This person had a hand in the handling. Name somebody from another unit."),
            field="person",
        )
    left = leave(case, states.NAME_RECHECKER, by=by, words=words, reason_id=None)
    unit_id = min(access.posted_unit_ids(person))
    end_steps(case, "passed_on", by=by, kind=StepKind.RECHECK)
    step = begin_step(case, StepKind.RECHECK, unit_id=unit_id, person_id=person.pk)
    put(case)
    record(
        RecheckerNamed(
            unit=unit_id, person=str(person.uid), step=step.pk,
            words=left.words, words_digest=left.words_digest,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def close_case(
    case: Case, *, by: User, words: str = "", evidence: Evidence = NOTHING,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """The recheck finds it done. By somebody who had no hand in the handling.

    Where the unit was not asked for a photo and sent none, the rechecker takes one.
    """
    case = locked(case, seen=seen)
    _allow_recheck(by, states.CLOSE, case)
    states.CLOSE.check(case.state)
    if not evidence.photos and not _shown_by_the_unit(case):
        raise Invalid(
            "case.recheck_photo_missing",
            _("Add a photo of the place: the unit was not asked for one."),
            field="photos",
        )
    if _on_the_spot(case) and not (evidence.photos or clean(words)):
        raise Invalid(
            "case.visit_missing",
            _("This is rechecked on the spot: say what you saw there, or add a photo."),
            field="words",
        )
    left = leave(case, states.CLOSE, by=by, words=words, reason_id=None)
    photos = _recheck_photos(case, evidence, by, PhotoKind.AFTER)
    step_id = case.step_id
    end_steps(case, "passed", by=by)
    put(case, State.CLOSED)
    record(
        CaseClosed(
            words=left.words, words_digest=left.words_digest, photos=photos, step=step_id
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def rework_case(
    case: Case, *, by: User, reason_id: int | None, words: str, evidence: Evidence = NOTHING,
    faked: Collection[UUID] = (), seen: int | None = None,
) -> Case:  # fmt: skip
    """The recheck finds it not done: the unit begins again, and all earlier evidence stays.

    `faked` names pictures of the unit that the rechecker confirms to be fakes: they count against
    the unit that sent them.
    """
    case = locked(case, seen=seen)
    _allow_recheck(by, states.REWORK, case)
    states.REWORK.check(case.state)
    left = leave(case, states.REWORK, by=by, words=words, reason_id=reason_id)
    photos = _recheck_photos(case, evidence, by, PhotoKind.RECHECK)
    fakes = _confirm_faked(case, faked, by)
    end_steps(case, "failed", by=by)
    case.reworks += 1
    step = begin_step(case, StepKind.HANDLE, unit_id=case.unit_id)
    put(case, State.HANDLING, "reworks")
    record(
        CaseReworked(
            unit=case.unit_id, words=left.words, words_digest=left.words_digest,
            reason=left.reason, photos=photos, step=step.pk, faked=fakes,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def reopen_case(
    case: Case, *, by: User, reason_id: int | None, words: str = "", seen: int | None = None
) -> Case:
    """Open an ended case again, with a new clock. It answers a reporter's objection, too.

    What was split off from a case passed on belongs here after all, and is restricted no longer.
    """
    case, merged = locked_with_restricted(case, seen=seen)
    allow(by, states.REOPEN, case)
    states.REOPEN.check(case.state)
    left = leave(case, states.REOPEN, by=by, words=words, reason_id=reason_id)
    case.unit_id, case.assisting, case.rule_id = people.office().id, [], None
    settle_objections(case)
    if case.restricted:
        restrict_merged(merged, case, by, restricted=False)
        case.restricted = False
    step = begin_dispatch(case)
    put(case, State.FILED, "unit", "assisting", "rule", "objected_at", "restricted")
    record(
        CaseReopened(
            words=left.words, words_digest=left.words_digest, reason=left.reason, step=step.pk
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def _allow_recheck(by: User, move: Move, case: Case) -> None:
    allow(by, move, case)
    if case.state != State.HANDLED:
        return
    if not is_independent(by, case):
        raise NotAllowed(
            "case.recheck_by_somebody_else",
            _("You or your unit handled this case. Somebody from another unit rechecks it."),
        )
    if not waits_for(by, case, move.verb):
        raise NotAllowed(
            "case.recheck_not_yours",
            _("This recheck was not given to you: who rechecks is drawn by lot, some seconds after the handling, or named by the office."),
        )  # fmt: skip


def _on_the_spot(case: Case) -> bool:
    return catalogue.checking_for(case.category_id).way == RecheckWay.ON_SPOT


def _shown_by_the_unit(case: Case) -> bool:
    """Whether the unit sent a photo of the place with the handling that is rechecked now."""
    handled = _handlings(case.pk)[-1]
    return bool(_shown_since(case.pk, handled.started_at))


@Compiled
def _handlings(case_id: int) -> QuerySet[Step]:
    handling = Step.objects.filter(case_id=case_id, kind=StepKind.HANDLE)
    return handling.exclude(outcome="undone").order_by("started_at", "id")


@Compiled
def _shown_since(case_id: int, since: datetime) -> QuerySet[CasePhoto]:
    """With the handling itself, or with a part of it that a unit beneath had."""
    shown = CasePhoto.objects.filter(case_id=case_id, kind=PhotoKind.AFTER)
    return shown.filter(step__kind__in=(StepKind.HANDLE, StepKind.PART), added_at__gte=since)


def _confirm_faked(case: Case, uids: Collection[UUID], by: User) -> list[str]:
    """Note that these pictures of the unit are fakes; their public ids, for the fact."""
    if not uids:
        return []
    sent = CasePhoto.objects.filter(case=case, kind=PhotoKind.AFTER, faked=None)
    found = list(sent.filter(photo__uid__in=uids).select_related("photo", "step"))
    if len(found) < len(set(uids)):
        raise Invalid(
            "case.faked_unknown",
            _("One of these pictures is not the unit's, or was confirmed before. Look again."),
            field="faked",
        )
    for one in found:
        unit_id = one.step.unit_id if one.step else case.unit_id
        rows.add(FakedPhoto(
            case=case, evidence=one, step=one.step, unit_id=unit_id, by=by, at=clock.now()
        ))  # fmt: skip
    return [str(one.photo.uid) for one in found]


def _recheck_photos(case: Case, evidence: Evidence, by: User, kind: PhotoKind) -> list[str]:
    return add_photos(
        case, evidence.photos, draft=evidence.draft, kind=kind, actor=by.actor, by=by,
        step_id=case.step_id,
    )  # fmt: skip
