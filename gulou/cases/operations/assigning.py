"""Who rechecks a handled case: drawn by lot, handed over on record, or else named by the office."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import draws, states
from gulou.cases.candidates import Pool, pool_for
from gulou.cases.facts import RecheckDrawn, RecheckNotDrawn, RecheckTakenOver
from gulou.cases.models import Case, Step
from gulou.cases.rechecks import fell_to_the_office, is_independent
from gulou.cases.states import State, StepKind
from gulou.kit import rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .ground import Left, allow, keep_words, leave, locked, put, stand_in_open_step

SYSTEM = "system"


@transaction.atomic
def assign_recheck(case: Case, step_id: int) -> None:
    """Draw who rechecks, if this step still waits for somebody. Twice is once.

    Where nobody fits, the district office names a person: it waits there.
    """
    case = locked(case)
    step = _waiting(case)
    if step is None or step.pk != step_id or step.person_id is not None:
        return
    if not fell_to_the_office(case):
        _draw(case, step, without=(), actor=SYSTEM, left=Left())


@rows.together()
def hand_over_recheck(case: Case, *, by: User, words: str, seen: int | None = None) -> Case:
    """Who was drawn cannot do it, or the office wants another: somebody else is drawn."""
    case = locked(case, seen=seen)
    allow(by, states.HAND_OVER, case)
    states.HAND_OVER.check(case.state)
    step = _waiting(case)
    if step is None:
        raise Refusal("case.no_recheck", _("No recheck waits for anybody on this case."))
    left = leave(case, states.HAND_OVER, by=by, words=words, reason_id=None)
    without = {by.pk, step.person_id or by.pk}
    _draw(case, step, without=without, actor=by.actor, left=left)
    return case


@rows.together()
def take_over_recheck(case: Case, *, by: User, words: str) -> Case:
    """Do the recheck for a colleague of one's unit who is away, on record and with a word why."""
    case = locked(case)
    step = _waiting(case)
    if step is None or step.person_id is None:
        raise Refusal("case.no_recheck", _("No recheck waits for a colleague on this case."))
    access.require(by, states.CLOSE.verb, unit_id=step.unit_id)
    if not is_independent(by, case):
        raise NotAllowed(
            "case.recheck_by_somebody_else",
            _("You or your unit handled this case. Somebody from another unit rechecks it."),
        )
    if step.person_id == by.pk:
        return case
    if not clean(words):
        raise Invalid("case.words_missing", _("Say it in a few words."), field="words")
    kept, digest = keep_words(words)
    before = _uid_of(step)
    _give(case, step, unit_id=step.unit_id, person_id=by.pk)
    fact = RecheckTakenOver(
        step=step.pk, unit=step.unit_id, person=str(by.uid), person_before=before,
        words=kept.pk, words_digest=digest,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


def _waiting(case: Case) -> Step | None:
    """The open recheck of the locked case."""
    if case.state != State.HANDLED or case.step_kind != StepKind.RECHECK:
        return None
    return _with_person.first(case.step_id or 0)


@Compiled
def _with_person(step_id: int) -> QuerySet[Step]:
    return Step.objects.select_related("person").filter(pk=step_id)


def _draw(
    case: Case, step: Step, *, without: Collection[int], actor: str, left: Left
) -> None:  # fmt: skip
    pool = pool_for(case, verb=states.CLOSE.verb, without=without)
    seed = draws.seed_of("recheck", case.uid, step.pk, case.head_sequence)
    drawn, before = pool.first(seed), _uid_of(step)
    said: dict[str, Any] = {"words": left.words, "words_digest": left.words_digest}
    if drawn is None:
        _give(case, step, unit_id=people.office().id, person_id=None)
        fact = RecheckNotDrawn(
            step=step.pk, person_before=before, left_out=dict(pool.left_out), **said
        )
        record(fact, subject=case, actor=actor)
        return
    _give(case, step, unit_id=drawn.unit_id, person_id=drawn.user_id)
    record(
        RecheckDrawn(
            step=step.pk, unit=drawn.unit_id, person=str(drawn.uid), person_before=before,
            seed=seed, **candidates_told(pool), **said,
        ),
        subject=case, actor=actor,
    )  # fmt: skip


def candidates_told(pool: Pool) -> dict[str, Any]:
    """What a fact tells of those among whom it was drawn, so that anybody can do it again."""
    ids = pool.ids
    return {"candidates": ids, "digest": draws.digest_of(ids), "left_out": dict(pool.left_out)}


def _give(case: Case, step: Step, *, unit_id: int, person_id: int | None) -> None:
    """Let the open recheck wait for somebody else. Its clock runs on."""
    step.unit_id, step.person_id = unit_id, person_id
    rows.change(step, "unit", "person")
    stand_in_open_step(case)
    put(case)


def _uid_of(step: Step) -> str:
    return str(step.person.uid) if step.person else ""
