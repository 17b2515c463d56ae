"""The office at work on what came in: verify, file, decline, pass on, merge, split."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import (
    CaseAbsorbed,
    CaseDeclined,
    CaseFiled,
    CaseLetGo,
    CaseMerged,
    CaseRedirected,
    CaseSplit,
    CaseTasked,
    CaseVerified,
)
from gulou.cases.models import Case, PhotoKind
from gulou.cases.states import State, StepKind
from gulou.kit.errors import Invalid
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    begin_step,
    classify,
    end_steps,
    leave,
    locked,
    put,
    stand_in_open_step,
    unit_in_use,
)


@transaction.atomic
def task_verification(
    case: Case, *, by: User, unit_id: int, person: User | None = None, words: str = "",
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Ask a unit, or a person of it, to look whether the report is right."""
    case = locked(case, seen=seen)
    allow(by, states.TASK, case)
    states.TASK.check(case.state)
    unit = unit_in_use(unit_id)
    if person is not None and unit.pk not in access.posted_unit_ids(person):
        raise Invalid("case.person_elsewhere", _("This person has no posting at that unit."), field="person")  # fmt: skip
    left = leave(case, states.TASK, by=by, words=words, reason_id=None)
    end_steps(case, "passed_on", by=by, kind=StepKind.VERIFY)
    intake = case.steps.filter(ended_at=None, kind=StepKind.INTAKE).first()
    step = begin_step(
        case, StepKind.VERIFY, unit_id=unit.pk, person_id=person.pk if person else None,
        parent=intake,
    )  # fmt: skip
    put(case)
    record(
        CaseTasked(
            unit=unit.pk, person=str(person.uid) if person else "", step=step.pk,
            words=left.words, words_digest=left.words_digest,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@transaction.atomic
def verify_case(
    case: Case, *, by: User, found: bool, words: str, evidence: Evidence = NOTHING,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Say whether the problem is there, with words and photos. The office decides on it."""
    case = locked(case, seen=seen)
    allow(by, states.VERIFY, case)
    states.VERIFY.check(case.state)
    step = case.steps.filter(ended_at=None, kind=StepKind.VERIFY).first()
    left = leave(case, states.VERIFY, by=by, words=words, reason_id=None)
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.NEAR, actor=by.actor, by=by,
        step=step,
    )  # fmt: skip
    end_steps(case, "found" if found else "not_found", by=by, kind=StepKind.VERIFY)
    stand_in_open_step(case)
    put(case)
    record(
        CaseVerified(
            found=found, words=left.words, words_digest=left.words_digest, photos=photos,
            step=step.pk if step else None,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@transaction.atomic
def file_case(
    case: Case, *, by: User, category_id: int | None = None, condition_id: int | None = None,
    summary: str | None = None, address: str | None = None, words: str = "",
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Take the report on as a case of the office, with its right category and condition."""
    case = locked(case, seen=seen)
    allow(by, states.FILE, case)
    states.FILE.check(case.state)
    left = leave(case, states.FILE, by=by, words=words, reason_id=None)
    classify(case, category_id=category_id, condition_id=condition_id)
    if summary is not None:
        case.summary = clean(summary)[:300]
    if address is not None:
        case.address = clean(address)[:200]
    end_steps(case, "filed", by=by)
    step = begin_step(case, StepKind.DISPATCH, unit_id=people.office().id)
    put(case, State.FILED, "category", "condition", "code_set", "summary", "address")
    record(
        CaseFiled(
            category=case.category_id, condition=case.condition_id, step=step.pk,
            words=left.words, words_digest=left.words_digest,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@transaction.atomic
def decline_case(
    case: Case, *, by: User, reason_id: int | None, words: str = "", seen: int | None = None
) -> Case:
    """Do not take it on, for a reason that the reporter will read."""
    case = locked(case, seen=seen)
    allow(by, states.DECLINE, case)
    states.DECLINE.check(case.state)
    left = leave(case, states.DECLINE, by=by, words=words, reason_id=reason_id)
    end_steps(case, "declined", by=by)
    case.objected_at = None
    put(case, State.DECLINED, "objected_at")
    record(
        CaseDeclined(words=left.words, words_digest=left.words_digest, reason=left.reason),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@transaction.atomic
def redirect_case(
    case: Case, *, by: User, reason_id: int | None, words: str = "", seen: int | None = None
) -> Case:
    """Pass it to the channel it belongs to. From then on it is restricted and never public."""
    case = locked(case, seen=seen)
    allow(by, states.REDIRECT, case)
    states.REDIRECT.check(case.state)
    left = leave(case, states.REDIRECT, by=by, words=words, reason_id=reason_id)
    end_steps(case, "redirected", by=by)
    case.photos.update(released_at=None, released_by=None)
    case.restricted = True
    put(case, State.REDIRECTED, "restricted")
    record(
        CaseRedirected(words=left.words, words_digest=left.words_digest, reason=left.reason),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@transaction.atomic
def merge_case(
    case: Case, *, by: User, into: Case, words: str = "", seen: int | None = None
) -> Case:
    """Let another open case answer for this one too. Its reporters stay and are told."""
    if case.pk == into.pk:
        raise Invalid("case.merge_self", _("A case cannot be merged into itself."), field="into")
    # Lock in one order, whoever merges what into what.
    both = {found.pk: found for found in Case.objects.select_for_update().filter(
        pk__in=[case.pk, into.pk]).order_by("pk")}  # fmt: skip
    case, into = locked(both[case.pk], seen=seen), both[into.pk]
    allow(by, states.MERGE, case)
    allow(by, states.MERGE, into)
    states.MERGE.check(case.state)
    if into.ended_at is not None:
        raise Invalid("case.merge_ended", _("That case has ended. Choose one that is open."), field="into")  # fmt: skip
    left = leave(case, states.MERGE, by=by, words=words, reason_id=None)
    end_steps(case, "merged", by=by)
    case.merged_into = into
    case.unit_id, case.rule_id, case.assisting = people.office().id, None, []
    put(case, State.MERGED, "merged_into", "unit", "rule", "assisting")
    into.reports_count += case.reports_count
    put(into, None, "reports_count")
    record(
        CaseMerged(into=str(into.uid), words=left.words, words_digest=left.words_digest),
        subject=case, actor=by.actor,
    )  # fmt: skip
    record(CaseAbsorbed(other=str(case.uid)), subject=into, actor=by.actor)
    return case


@transaction.atomic
def split_case(case: Case, *, by: User, words: str = "", seen: int | None = None) -> Case:
    """Undo a merge: the case is on its own again and waits at intake."""
    case = locked(case, seen=seen)
    allow(by, states.SPLIT, case)
    states.SPLIT.check(case.state)
    left = leave(case, states.SPLIT, by=by, words=words, reason_id=None)
    other = case.merged_into
    case.merged_into = None
    begin_step(case, StepKind.INTAKE, unit_id=case.unit_id)
    put(case, State.RECEIVED, "merged_into")
    if other is not None:
        other = _let_go(other, case, by)
    record(
        CaseSplit(
            other=str(other.uid) if other else "", words=left.words, words_digest=left.words_digest
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def _let_go(other: Case, case: Case, by: User) -> Case:
    """Take the reports of a case that was split off from the one it was merged into, and on up."""
    other = locked(other)
    record(CaseLetGo(other=str(case.uid)), subject=other, actor=by.actor)
    above: Case | None = other
    while above is not None:
        above = locked(above)
        above.reports_count -= case.reports_count
        put(above, None, "reports_count")
        above = above.merged_into
    return other
