"""Looking at closed cases again: drawn when they are closed, rechecked independently at once or looked
back at days later. What is not in order is opened again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.calendars import queries as calendars
from gulou.cases import draws, search, states
from gulou.cases.candidates import Pool, pool_for
from gulou.cases.facts import (
    CaseBlindRechecked,
    CaseClosed,
    CaseLookedBack,
    CaseReopened,
    CaseSampled,
    RevisitBegun,
    RevisitNamed,
    RevisitSkipped,
)
from gulou.cases.models import Case, Note, PhotoKind, Revisit, RevisitKind, Step, Words
from gulou.cases.rechecks import is_independent
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CheckingRef
from gulou.catalogue.states import RecheckWay
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .answers import settle_objections
from .assigning import candidates_told
from .ground import NOTHING, Evidence, add_photos, begin_step, keep_words, locked, put, told_of

SYSTEM = "system"
AT_ONCE = 200
"""So many look-backs begin at most each time the worker looks."""
VERBS = {RevisitKind.BLIND: states.CLOSE.verb, RevisitKind.LOOK_BACK: states.LOOK_BACK}
"""What lets a person be drawn for each kind."""


@transaction.atomic
def sample_closed(uid: UUID, *, closing: int) -> None:
    """Draw by lot whether a closing is rechecked independently and looked back at. Twice is once.

    The look-backs are sealed: which days were drawn is told when they begin.
    """
    case = locked(told_of(uid))
    checking = catalogue.checking_for(case.category_id)
    shares = (checking.blind_share, checking.first_share, checking.second_share)
    if case.state != State.CLOSED or case.restricted or not any(shares):
        return
    if not _is_last_closing(case, closing):
        return
    blind = draws.seed_of("blind", case.uid, closing)
    seeds = [draws.seed_of("look_back", case.uid, closing, n) for n in (1, 2)]
    record(
        CaseSampled(
            event=closing, seed=blind, blind_share=checking.blind_share,
            look_backs=[
                f"{days} {share} {draws.sealed(seed)}"
                for (days, share), seed in zip(checking.visits, seeds, strict=True) if share
            ],
        ),
        subject=case, actor=SYSTEM,
    )  # fmt: skip
    for revisit in _drawn(case, closing, checking, blind, seeds):
        revisit.save()
        if revisit.kind == RevisitKind.BLIND:
            _begin(case, revisit)


def _is_last_closing(case: Case, closing: int) -> bool:
    """Whether nothing was drawn for this closing yet, and the case was not closed again since."""
    return _closings.first(case.uid) == (CaseClosed.name, closing)


@Compiled
def _closings(uid: UUID) -> QuerySet[Event, tuple[str, int]]:
    told = Event.objects.filter(subject_kind=Case._meta.label_lower, subject_uid=uid)
    told = told.filter(name__in=[CaseClosed.name, CaseSampled.name])
    return told.order_by("-sequence").values_list("name", "pk")[:1]


def _drawn(
    case: Case, closing: int, checking: CheckingRef, blind: str, seeds: list[str]
) -> list[Revisit]:
    """Those of the possible ones that their seeds draw."""
    closed_at = case.ended_at or clock.now()
    recheck = Step.objects.filter(case=case, kind=StepKind.RECHECK, outcome="passed").last()
    possible = [(RevisitKind.BLIND, 0, 0, checking.blind_share, blind)]
    for n, (days, share) in enumerate(checking.visits, 1):
        possible.append((RevisitKind.LOOK_BACK, n, days, share, seeds[n - 1]))
    return [
        Revisit(
            case=case, kind=kind, nth=nth, closing=closing, closed_at=closed_at,
            rechecker_id=recheck.ended_by_id if recheck else None, answered_by_id=case.unit_id,
            days=days, share=share, seed=seed, begins_at=closed_at + timedelta(days=days),
        )
        for kind, nth, days, share, seed in possible if draws.is_drawn(seed, share)
    ]  # fmt: skip


def planned() -> QuerySet[Revisit]:
    """The look-backs whose day has come, the longest waiting first."""
    waiting = Revisit.objects.filter(begun_at=None, ended_at=None, begins_at__lte=clock.now())
    return waiting.order_by("begins_at")


def begin_look_backs() -> int:
    """Let the look-backs begin whose day has come; how many. What is left waits for the next time."""
    found = list(planned().values_list("pk", "case_id")[:AT_ONCE])
    return sum(_begin_one(pk, case_id) for pk, case_id in found)


@transaction.atomic
def _begin_one(pk: int, case_id: int) -> int:
    case = locked(Case(pk=case_id))
    revisit = planned().select_for_update(of=("self",)).filter(pk=pk).first()
    if revisit is None:
        return 0
    if _still_closed(case, revisit):
        _begin(case, revisit)
    else:
        _skip(case, revisit)
    return 1


def _still_closed(case: Case, revisit: Revisit) -> bool:
    """Whether the case stands as that closing left it."""
    return case.state == State.CLOSED and case.ended_at == revisit.closed_at


def _begin(
    case: Case, revisit: Revisit, *, without: Collection[int] = (), left: "Said | None" = None,
    actor: str = SYSTEM,
) -> None:  # fmt: skip
    """Draw who looks at it again; where nobody fits, the office names somebody."""
    kind = RevisitKind(revisit.kind)
    pool = _pool(case, kind, without)
    seed = draws.seed_of("person", revisit.uid, case.head_sequence)
    drawn, before = pool.first(seed), revisit.person
    revisit.unit_id = drawn.unit_id if drawn else people.office().id
    revisit.person_id = drawn.user_id if drawn else None
    if revisit.begun_at is None:
        revisit.begun_at = clock.now()
        limit = catalogue.limit_for(
            kind, category_id=case.category_id, condition_id=case.condition_id
        )
        if limit is not None:
            revisit.due_at = calendars.due(revisit.begun_at, limit, unit_id=revisit.unit_id)
    revisit.save()
    told: dict[str, Any] = {"person": str(drawn.uid), "seed": seed} if drawn else {}
    record(
        RevisitBegun(
            revisit=revisit.pk, kind=kind, nth=revisit.nth, days=revisit.days,
            share=revisit.share, lot=revisit.seed, unit=revisit.unit_id,
            person_before=str(before.uid) if before else "",
            **told, **candidates_told(pool), **(left.told if left else {}),
        ),
        subject=case, actor=actor,
    )  # fmt: skip


def _pool(case: Case, kind: RevisitKind, without: Collection[int]) -> Pool:
    """Nobody who rechecked the case; for an independent recheck nobody either who could read it."""
    hidden = {*without, *_rechecked(case)}
    if kind == RevisitKind.BLIND:
        readers = people.people_at([case.unit_id, *case.assisting], states.READ)
        hidden |= {user.pk for user in readers}
    return pool_for(case, verb=VERBS[kind], without=hidden)


def _rechecked(case: Case) -> set[int]:
    """Who rechecked the case before, or said of it how it is after it was closed."""
    done = Step.objects.filter(case=case, kind=StepKind.RECHECK).exclude(ended_by=None)
    said = Revisit.objects.filter(case=case, kind=RevisitKind.BLIND).exclude(by=None)
    return {*done.values_list("ended_by_id", flat=True), *said.values_list("by_id", flat=True)}


def _skip(case: Case, revisit: Revisit) -> None:
    revisit.ended_at, revisit.outcome = clock.now(), "skipped"
    revisit.save(update_fields=["ended_at", "outcome"])
    fact = RevisitSkipped(revisit=revisit.pk, kind=revisit.kind, nth=revisit.nth)
    record(fact, subject=case, actor=SYSTEM)


@transaction.atomic
def skip_revisits(uid: UUID) -> None:
    """The case is open again: nothing is looked at that was drawn for what it was. Twice is once."""
    case = locked(told_of(uid))
    for revisit in Revisit.objects.select_for_update().filter(case=case, ended_at=None):
        if not _still_closed(case, revisit):
            _skip(case, revisit)


@transaction.atomic
def draw_anew_for_who_left(revisit_id: int) -> None:
    """Who was drawn has left: somebody else is."""
    case = locked(Case.objects.get(revisits=revisit_id))
    revisit = _open(revisit_id)
    person = revisit.person if revisit else None
    if revisit is None or person is None:
        return
    if access.has_no_post(person):
        _begin(case, revisit, without={person.pk})


@dataclass(frozen=True)
class Said:
    """Words that go with something done to a revisit."""

    words: Words
    digest: str

    @property
    def told(self) -> dict[str, Any]:
        """What a fact tells of them."""
        return {"words": self.words.pk, "words_digest": self.digest}


def _say(words: str) -> Said:
    if not clean(words):
        raise Invalid("case.words_missing", _("Say it in a few words."), field="words")
    return Said(*keep_words(words))


@rows.together()
def hand_over_revisit(revisit: Revisit, *, by: User, words: str) -> Revisit:
    """Who was drawn cannot do it: somebody else is drawn, on record and with a word why."""
    case = locked(Case(pk=revisit.case_id))
    revisit = _waiting(revisit, case)
    if by.pk != revisit.person_id and not _is_office(by):
        raise _not_theirs()
    _begin(case, revisit, without={by.pk, revisit.person_id or by.pk}, left=_say(words),
           actor=by.actor)  # fmt: skip
    return revisit


@rows.together()
def name_revisitor(revisit: Revisit, *, by: User, person: User) -> Revisit:
    """The district office names who looks at it again."""
    case = locked(Case(pk=revisit.case_id))
    revisit = _waiting(revisit, case)
    if not _is_office(by):
        raise _not_theirs()
    if not may_be_named(person, case, revisit):
        raise Invalid(
            "revisit.not_independent",
            _("This person had a hand in it. Name somebody from another unit."), field="person",
        )  # fmt: skip
    before = revisit.person
    revisit.unit_id, revisit.person = min(access.posted_unit_ids(person)), person
    revisit.save(update_fields=["unit", "person"])
    record(
        RevisitNamed(
            revisit=revisit.pk, kind=revisit.kind, nth=revisit.nth, unit=revisit.unit_id,
            person=str(person.uid), person_before=str(before.uid) if before else "",
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return revisit


def may_be_named(person: User, case: Case, revisit: Revisit) -> bool:
    """Whether somebody may look at it again: posted, no hand in it, and did not recheck it."""
    if not person.is_active or person.pk in _rechecked(case) or not is_independent(person, case):
        return False
    reads = revisit.kind == RevisitKind.BLIND and any(
        access.holds(person, states.READ, unit_id=unit_id)
        for unit_id in (case.unit_id, *case.assisting)
    )
    return bool(access.posted_unit_ids(person)) and not reads


def _is_office(user: User) -> bool:
    return access.holds(user, states.NAME_RECHECKER.verb, unit_id=people.office().id)


def _not_theirs() -> NotAllowed:
    return NotAllowed("revisit.not_yours", _("This waits for somebody else."))


def _open(pk: int) -> Revisit | None:
    waiting = Revisit.objects.select_for_update(of=("self",)).select_related("person")
    return waiting.filter(pk=pk, ended_at=None, begun_at__isnull=False).first()


def _waiting(revisit: Revisit, case: Case) -> Revisit:
    """The revisit locked, if it still waits. Raises Refusal."""
    found = _open(revisit.pk)
    if found is None or not _still_closed(case, found):
        raise Refusal(
            "revisit.over",
            _("This does not wait any more: it was answered, or the case is open again."),
        )
    return found


@rows.together()
def answer_revisit(
    revisit: Revisit, *, by: User, passed: bool, words: str, evidence: Evidence = NOTHING
) -> Revisit:
    """Say how it is there. What is not in order opens the case again, with a new clock.

    By who was drawn, or by a colleague of that unit, on record. On the spot words or a photo must
    say so; what is not in order needs words.
    """
    case = locked(Case(pk=revisit.case_id))
    revisit = _waiting(revisit, case)
    drawn = revisit.person
    if drawn is None or drawn.pk != by.pk:
        access.require(by, VERBS[RevisitKind(revisit.kind)], unit_id=revisit.unit_id or 0)
        if not may_be_named(by, case, revisit):
            raise _not_theirs()
    elif not is_independent(by, case):
        # Drawn before they came to a unit that had a hand in it: they can hand it over.
        raise _not_theirs()
    _check_said(case, revisit, passed, words, evidence)
    said = Said(*keep_words(words)) if clean(words) else None
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.RECHECK, actor=by.actor, by=by
    )
    revisit.ended_at, revisit.by = clock.now(), by
    revisit.outcome = "passed" if passed else "failed"
    revisit.words = said.words if said else None
    rows.change(revisit, "ended_at", "by", "outcome", "words")
    more: dict[str, Any] = {
        "revisit": revisit.pk, "passed": passed, "unit": revisit.answered_by_id, "photos": photos,
        "instead_of": str(drawn.uid) if drawn is not None and drawn.pk != by.pk else "",
        **(said.told if said else {}),
    }  # fmt: skip
    if said is not None:
        # What stands under "reopen" came back, in every list and figure.
        name = RevisitKind(revisit.kind).value if passed else states.REOPEN.name
        rows.add(Note(case=case, words=said.words, move=name, by=by, at=clock.now()))
        search.also_find(case.pk, words)
    if not passed:
        more["step"] = _open_again(case)
    else:
        put(case)
    if revisit.kind == RevisitKind.BLIND:
        rechecker = str(revisit.rechecker.uid) if revisit.rechecker else ""
        record(CaseBlindRechecked(rechecker=rechecker, **more), subject=case, actor=by.actor)
    else:
        fact = CaseLookedBack(nth=revisit.nth, days=revisit.days, **more)
        record(fact, subject=case, actor=by.actor)
    if not passed:
        record(CaseReopened(step=more["step"]), subject=case, actor=by.actor)
    return revisit


def _check_said(case: Case, revisit: Revisit, passed: bool, words: str, evidence: Evidence) -> None:
    there = (
        revisit.kind == RevisitKind.LOOK_BACK
        or catalogue.checking_for(case.category_id).way == RecheckWay.ON_SPOT
    )
    if clean(words) or (passed and (evidence.photos or not there)):
        return
    if passed:
        raise Invalid(
            "revisit.visit_missing", _("Say what you saw there, or add a photo."), field="words"
        )
    raise Invalid("case.words_missing", _("Say it in a few words."), field="words")


def _open_again(case: Case) -> int:
    """Let the office dispatch it anew, with a new clock; the new step."""
    states.REOPEN.check(case.state)
    case.unit_id, case.assisting, case.rule_id = people.office().id, [], None
    settle_objections(case)
    step = begin_step(case, StepKind.DISPATCH, unit_id=case.unit_id)
    put(case, State.FILED, "unit", "assisting", "rule", "objected_at")
    return step.pk
