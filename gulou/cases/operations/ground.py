"""What every move stands on: the locked case, who may, its steps, and the words left with it."""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import clocks, search
from gulou.cases.models import (
    Before,
    Case,
    CasePhoto,
    Note,
    PhotoKind,
    Plea,
    PleaKind,
    Report,
    Step,
    Words,
)
from gulou.cases.states import ENDED, Move, State, StepKind, verbs_lent_by
from gulou.catalogue import queries as catalogue
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Conflict, Invalid
from gulou.kit.facts import salted_digest
from gulou.kit.words import clean
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people.models import Unit, User
from gulou.photos import operations as photos
from gulou.photos.models import Photo

MAX_SUMMARY = 300
MAX_WORDS = 2000


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Photos staged under a draft that go with a move."""

    photos: Sequence[UUID] = ()
    draft: str = ""


NOTHING = Evidence()


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a mover leaves behind: ids for the fact, and the digest of the words."""

    words: int | None = None
    words_digest: str = ""
    reason: int | None = None


def locked(case: Case, *, seen: int | None = None) -> Case:
    """The case as it is now, locked until the transaction ends.

    `seen` is the version that the mover looked at. Raises Conflict when it is not the present one.
    """
    (case,) = _locked(case.pk)
    check_seen(case, seen)
    # Most moves leave words, begin a step and are recorded.
    rows.draw(Words, Step, Event)
    return case


@Compiled
def _locked(case_id: int) -> QuerySet[Case]:
    return Case.objects.select_for_update().filter(pk=case_id)


def told_of(uid: UUID) -> Case:
    """The case that a fact is about."""
    (case,) = _by_uid(uid)
    return case


@Compiled
def _by_uid(uid: UUID) -> QuerySet[Case]:
    return Case.objects.filter(uid=uid)


def check_seen(case: Case, seen: int | None) -> None:
    """Raise Conflict when somebody changed the locked case since the mover looked at it."""
    if seen is not None and seen != case.version:
        raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    """Somebody was faster than the mover."""
    return Conflict(
        "case.changed_meanwhile",
        _("Somebody changed this case while you looked at it. What you wrote is kept; look again and send it once more."),
    )  # fmt: skip


def open_steps(case: Case) -> list[access.OpenStep]:
    """The steps of a case that wait for somebody now, as access understands them."""
    return list(_open_steps(case))


def open_among(steps: Iterable[Step]) -> list[access.OpenStep]:
    """The same from all steps of a case, where they were read."""
    return [
        access.OpenStep(verbs_lent_by(step.kind), step.unit_id, step.person_id)
        for step in steps
        if step.ended_at is None
    ]


def _open_steps(case: Case) -> Iterator[access.OpenStep]:
    """They are read when the first is asked for."""
    for kind, unit_id, person_id in _waiting(case.pk):
        yield access.OpenStep(verbs_lent_by(kind), unit_id, person_id)


@Compiled
def _waiting(case_id: int) -> QuerySet[Any, Any]:
    steps = Step.objects.filter(case_id=case_id, ended_at=None).order_by()
    return steps.values_list("kind", "unit_id", "person_id")


def allow(by: User, move: Move, case: Case) -> None:
    """Raise NotAllowed unless the person may make this move on this case."""
    access.require(by, move.verb, unit_id=case.unit_id, steps=_open_steps(case))


def keep_words(text: str) -> tuple[Words, str]:
    """Store what a person wrote in a row that may be erased; the row and its salted digest."""
    text = clean(text)
    if len(text) > MAX_WORDS:
        raise Invalid(
            "words.too_long",
            _("This is too long: at most %(most)d characters. Shorten it by %(over)d.")
            % {"most": MAX_WORDS, "over": len(text) - MAX_WORDS},
            field="words",
        )
    words = Words(pk=rows.new(Words), text=text, salt=secrets.token_hex(16))
    rows.add(words)
    return words, salted_digest(words.salt, text)


def erase(words: Words) -> None:
    """Forget words, at once, so that a search made anew after it does not read them. The digest in
    the record still proves that they were said."""
    words.text, words.salt, words.erased_at = "", "", clock.now()
    words.save(update_fields=["text", "salt", "erased_at"])


def leave(
    case: Case, move: Move, *, by: User | None, words: str, reason_id: int | None,
    public: bool = False,
) -> Left:  # fmt: skip
    """Check and keep the reason and words that go with a move, as a note on the case.

    Call it before the move changes anything: it remembers how the case stands.
    """
    reason = catalogue.reason_given(move.reason, reason_id) if reason_id is not None else None
    move.check_words(reason=reason, words=clean(words))
    remember(case, move, by=by)
    if not clean(words) and reason is None:
        return Left()
    kept, digest = keep_words(words)
    rows.add(
        Note(
            case=case, words=kept, reason=reason, move=move.name, by=by, at=clock.now(),
            public=public,
        )
    )  # fmt: skip
    search.also_find(case.pk, words)
    return Left(words=kept.pk, words_digest=digest, reason=reason.pk if reason else None)


# What a move may change on the case itself. Its steps tell the rest.
REMEMBERED = (
    "state", "unit_id", "assisting", "rule_id", "step_id", "ended_at", "category_id",
    "condition_id", "code_set_id", "summary", "address", "returns", "reworks", "objected_at",
    "restricted", "released_at", "released_terms", "suspended_until", "plea", "on_spot",
)  # fmt: skip


INSTANTS = ("ended_at", "objected_at", "released_at", "suspended_until")
"""Those of them that are times."""


def remember(case: Case, move: Move, *, by: User | None) -> None:
    """Keep how the locked case stands, so that this move may be taken back for some seconds."""
    if not move.undo or by is None:
        return
    stood = {name: getattr(case, name) for name in REMEMBERED}
    for name in INSTANTS:
        stood[name] = stood[name].isoformat() if stood[name] else None
    before = Before(
        case=case, move=move.name, by=by, at=clock.now(), version=case.version,
        sequence=case.head_sequence, stood=stood,
    )  # fmt: skip
    rows.put(before, "case")


def begin_step(
    case: Case,
    kind: StepKind,
    *,
    unit_id: int,
    person_id: int | None = None,
    parent: Step | None = None,
) -> Step:
    """Open a step with its due time frozen now, and make it the case's current one."""
    step = Step(
        pk=rows.new(Step), case=case, kind=kind, unit_id=unit_id, person_id=person_id, parent=parent,
        started_at=clock.now(),
    )  # fmt: skip
    limited = ON_SPOT_LIMIT if case.on_spot and kind == StepKind.HANDLE else kind
    limit = catalogue.limit_for(
        limited, category_id=case.category_id, condition_id=case.condition_id
    )
    clocks.start(step, limit)
    rows.add(step)
    _stand_in(case, step)
    return step


def end_steps(case: Case, outcome: str, *, by: User | None, kind: StepKind | None = None) -> None:
    """End the open steps of a case (of one kind), with how they ended and by whom."""
    sql, values = _END_STEPS, [clock.now(), outcome, by.pk if by else None, case.pk]
    if kind is not None:
        sql, values = f"{sql} AND kind = %s", [*values, kind.value]
    rows.run(sql, values)


# Every move does it: making the SQL of a queryset would cost more than asking it.
_END_STEPS = (
    "UPDATE cases_step SET ended_at = %s::timestamptz, outcome = %s, ended_by_id = %s"
    " WHERE case_id = %s AND ended_at IS NULL"
)


def stand_in_open_step(case: Case) -> None:
    """Make the newest open step the current one again, after one on top of it ended.

    Where parts of the handling are with units beneath, the lowest has the case now; its time
    stands beside that of the unit that answers for it, by which alone that unit is judged.
    """
    waiting = _waiting_steps(case.pk)
    _stand_in(case, waiting[-1] if waiting else None)
    parts = [step for step in waiting if step.kind == StepKind.PART]
    if parts:
        (handling,) = (step for step in waiting if step.kind == StepKind.HANDLE)
        case.parts, case.part_due_at = [step.unit_id for step in parts], parts[-1].due_at
        case.due_at = handling.due_at


@Compiled
def _waiting_steps(case_id: int) -> QuerySet[Step]:
    return Step.objects.filter(case_id=case_id, ended_at=None).order_by("started_at", "id")


def _stand_in(case: Case, step: Step | None) -> None:
    case.parts, case.part_due_at = [], None
    case.step = step
    case.step_kind = step.kind if step else ""
    case.step_unit_id = step.unit_id if step else None
    case.step_person_id = step.person_id if step else None
    case.due_at = step.due_at if step else None


def stands_on(case: Case, step: Step) -> bool:
    """Whether the due time of a step is the one that stands on its case."""
    if case.step_kind == StepKind.PART:
        return step.kind == StepKind.HANDLE and step.ended_at is None
    return case.step_id == step.pk


ON_SPOT_LIMIT = "on_spot"
STEP_FIELDS = (
    "step", "step_kind", "step_unit", "step_person", "due_at", "parts", "part_due_at",
)  # fmt: skip


def put(case: Case, state: State | None = None, *fields: str) -> None:
    """Save what a move changed: the state if any, the step, and the named fields.

    It is written with the fact that is recorded next (kit.rows)."""
    now = clock.now()
    case.version += 1
    case.changed_at = now
    if state is not None:
        case.state = state
        case.ended_at = now if state in ENDED else None
    if case.ended_at is not None:
        _stand_in(case, None)
    if state is not None and (case.plea or case.suspended_until):
        let_lapse(case)
        fields = (*fields, "plea", "suspended_until")
    if state in ENDED and state != State.CLOSED and case.released_at is not None:
        # What answers for nothing of its own is not shown to everybody any more.
        case.released_at, case.released_terms = None, None
        fields = (*fields, "released_at", "released_terms")
    rows.change(case, "version", "changed_at", "state", "ended_at", *STEP_FIELDS, *fields)


def let_lapse(case: Case) -> None:
    """The case goes on: what was asked about its time has no answer, and no clock stands still."""
    now = clock.now()
    waiting = Plea.objects.filter(case=case, outcome="")
    rows.update(waiting, outcome="lapsed", decided_at=now)
    still = Plea.objects.filter(
        case=case, kind=PleaKind.SUSPENSION, outcome="granted", ended_at=None
    )
    rows.update(still, ended_at=now)
    case.plea, case.suspended_until = "", None


def add_photos(
    case: Case,
    uids: Sequence[UUID],
    *,
    draft: str,
    kind: PhotoKind,
    actor: str,
    by: User | None = None,
    report: Report | None = None,
    step_id: int | None = None,
) -> list[str]:
    """Keep staged photos as evidence on the case; their public ids, for the fact."""
    if not uids:
        return []
    start = len(_on(case.pk))
    kept = photos.keep_photos(uids, draft=draft, actor=actor)
    show(case, kept, kind=kind, start=start, by=by, report=report, step_id=step_id)
    return [str(photo.uid) for photo in kept]


@Compiled
def _on(case_id: int) -> QuerySet[Any, int]:
    return CasePhoto.objects.filter(case_id=case_id).values_list("pk", flat=True)


def show(
    case: Case, kept: Sequence[Photo], *, kind: PhotoKind, start: int, by: User | None,
    report: Report | None = None, step_id: int | None = None,
) -> None:  # fmt: skip
    """Put kept photos on the case, in this order behind the first `start`."""
    rows.add(
        *(
            CasePhoto(
                case=case, report=report, step_id=step_id, photo=photo, kind=kind, position=start + n,
                added_at=clock.now(), added_by=by,
            )
            for n, photo in enumerate(kept)
        )
    )  # fmt: skip


# A Chinese mobile number, and the number of an identity card.
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\d{17}[\dXx])(?!\d)")


def check_nothing_personal(text: str, *, field: str) -> None:
    """Refuse what names a person by number, in words that the public or a reporter reads."""
    if _PERSONAL.search(text):
        raise Invalid(
            "case.personal",
            _("There is a mobile number or an identity number in it. Others will read this: take it out."),
            field=field,
        )  # fmt: skip


def public_words(text: str) -> str:
    """What the public reads of a case, without stray characters. Raises Invalid when too long."""
    text = clean(text)
    if len(text) > MAX_SUMMARY:
        raise Invalid(
            "case.summary_too_long",
            _("At most %(most)d characters.") % {"most": MAX_SUMMARY},
            field="summary",
        )
    check_nothing_personal(text, field="summary")
    return text


def classify(case: Case, *, category_id: int | None, condition_id: int | None) -> None:
    """Set category and condition, each checked; a new category takes its default condition."""
    if category_id is not None and category_id != case.category_id:
        category = category_in_use(category_id)
        default = catalogue.default_condition(category.id)
        case.category_id, case.code_set_id = category.id, category.code_set_id
        case.condition_id = default.id if default else None
    if condition_id is not None:
        condition = catalogue.condition_ref(condition_id, category_id=case.category_id)
        case.condition_id = condition.id


def category_in_use(category_id: int) -> catalogue.CategoryRef:
    """The category, if a case may be filed under it now. Raises Invalid otherwise."""
    category = catalogue.category_ref(category_id)
    current = catalogue.current_code_set()
    if not category.active or category.parent_id is None or category.code_set_id != current.id:
        raise Invalid("case.category_unknown", _("Choose what it is about."), field="category")
    return category


def unit_in_use(unit_id: int) -> Unit:
    """The unit, if work may be given to it. Raises Invalid otherwise."""
    unit = _in_office.first(unit_id)
    if unit is None:
        raise Invalid("case.unit_unknown", _("Choose a unit that is in office."), field="unit")
    return unit


@Compiled
def _in_office(unit_id: int) -> QuerySet[Unit]:
    return Unit.objects.filter(pk=unit_id, active=True)
