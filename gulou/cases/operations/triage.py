"""The office at work on what came in: verify, file, decline, pass on, merge, split."""

from django.utils.translation import gettext_lazy as _

from gulou.cases import search, states
from gulou.cases.facts import (
    CaseAbsorbed,
    CaseDeclined,
    CaseFiled,
    CaseLetGo,
    CaseMerged,
    CaseRedirected,
    CaseRestricted,
    CaseSplit,
    CaseTasked,
    CaseUnrestricted,
    CaseVerified,
)
from gulou.cases.family import lock_together, locked_chain, locked_family
from gulou.cases.models import Case, CasePhoto, PhotoKind
from gulou.cases.states import State, StepKind
from gulou.kit import rows
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .answers import objected_since, settle_objections
from .arbitration import allow_in_dispute, begin_dispatch
from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    begin_step,
    changed_meanwhile,
    classify,
    end_steps,
    leave,
    locked,
    public_words,
    put,
    stand_in_open_step,
    unit_in_use,
)


@rows.together()
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


@rows.together()
def verify_case(
    case: Case, *, by: User, found: bool, words: str, evidence: Evidence = NOTHING,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Say whether the problem is there, with words and photos. The office decides on it."""
    case = locked(case, seen=seen)
    allow(by, states.VERIFY, case)
    states.VERIFY.check(case.state)
    step = case.steps.filter(ended_at=None, kind=StepKind.VERIFY).first()
    if step is None:
        raise Refusal(
            "case.not_tasked", _("Nobody was asked to verify this case, or it was done already.")
        )
    left = leave(case, states.VERIFY, by=by, words=words, reason_id=None)
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.NEAR, actor=by.actor, by=by,
        step_id=step.pk,
    )  # fmt: skip
    end_steps(case, "found" if found else "not_found", by=by, kind=StepKind.VERIFY)
    stand_in_open_step(case)
    put(case)
    record(
        CaseVerified(
            found=found, words=left.words, words_digest=left.words_digest, photos=photos,
            step=step.pk,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def file_case(
    case: Case, *, by: User, category_id: int | None = None, condition_id: int | None = None,
    summary: str | None = None, address: str | None = None, words: str = "",
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Take the report on as a case of the office, with its right category and condition.

    What was split off from a case passed on stays restricted until it is filed, or reopened: that
    is to say that it belongs here after all.
    """
    case, merged = locked_with_restricted(case, seen=seen)
    allow(by, states.FILE, case)
    states.FILE.check(case.state)
    left = leave(case, states.FILE, by=by, words=words, reason_id=None)
    before = _found_by(case)
    classify(case, category_id=category_id, condition_id=condition_id)
    if summary is not None:
        case.summary = public_words(summary)
    if address is not None:
        case.address = clean(address)[:200]
    end_steps(case, "filed", by=by)
    step = begin_dispatch(case)
    if case.restricted:
        restrict_merged(merged, case, by, restricted=False)
        case.restricted = False
    put(
        case, State.FILED,
        "category", "condition", "code_set", "summary", "address", "restricted",
    )  # fmt: skip
    if _found_by(case) != before:
        search.find_anew([case])
    record(
        CaseFiled(
            category=case.category_id, condition=case.condition_id, step=step.pk,
            words=left.words, words_digest=left.words_digest,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def _found_by(case: Case) -> tuple[int, str, str]:
    return case.category_id, case.address, case.summary


@rows.together()
def decline_case(
    case: Case, *, by: User, reason_id: int | None, words: str = "", seen: int | None = None
) -> Case:
    """Do not take it on, for a reason that the reporter will read."""
    case = locked(case, seen=seen)
    allow(by, states.DECLINE, case)
    states.DECLINE.check(case.state)
    allow_in_dispute(by, case)
    left = leave(case, states.DECLINE, by=by, words=words, reason_id=reason_id)
    end_steps(case, "declined", by=by)
    put(case, State.DECLINED)
    record(
        CaseDeclined(words=left.words, words_digest=left.words_digest, reason=left.reason),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def redirect_case(
    case: Case, *, by: User, reason_id: int | None, words: str = "", seen: int | None = None
) -> Case:
    """Pass it to the channel it belongs to.

    From then on it is restricted and never public, and so is all that was merged into it.
    """
    case, *merged = locked_family(case)
    case = locked(case, seen=seen)
    allow(by, states.REDIRECT, case)
    states.REDIRECT.check(case.state)
    allow_in_dispute(by, case)
    left = leave(case, states.REDIRECT, by=by, words=words, reason_id=reason_id)
    end_steps(case, "redirected", by=by)
    photos = CasePhoto.objects.filter(case__in=[case, *merged])
    photos.update(released_at=None, released_by=None)
    restrict_merged(merged, case, by, restricted=True)
    case.restricted = True
    put(case, State.REDIRECTED, "restricted")
    record(
        CaseRedirected(words=left.words, words_digest=left.words_digest, reason=left.reason),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def locked_with_restricted(case: Case, *, seen: int | None) -> tuple[Case, list[Case]]:
    """The case locked, and what was merged into it where both are restricted. Raises Conflict."""
    if not case.restricted:
        found = locked(case, seen=seen)
        if found.restricted:
            raise changed_meanwhile()
        return found, []
    case, *merged = locked_family(case)
    return locked(case, seen=seen), merged


def restrict_merged(merged: list[Case], case: Case, by: User, *, restricted: bool) -> None:
    """Let what was merged into a case be for the same eyes as the case."""
    fact = CaseRestricted if restricted else CaseUnrestricted
    for child in merged:
        child.restricted = restricted
        put(child, None, "restricted")
        record(fact(other=str(case.uid)), subject=child, actor=by.actor)


@rows.together()
def merge_case(
    case: Case, *, by: User, into: Case, words: str = "", seen: int | None = None
) -> Case:
    """Let another open case answer for this one too. Its reporters stay and are told."""
    if case.pk == into.pk:
        raise Invalid("case.merge_self", _("A case cannot be merged into itself."), field="into")
    both = lock_together([case.pk, into.pk])
    case, into = locked(both[case.pk], seen=seen), both[into.pk]
    allow(by, states.MERGE, case)
    allow(by, states.MERGE, into)
    states.MERGE.check(case.state)
    if into.ended_at is not None:
        raise Invalid("case.merge_ended", _("That case has ended. Choose one that is open."), field="into")  # fmt: skip
    if case.restricted != into.restricted:
        raise Invalid("case.merge_restricted", _("One of the two is restricted. File it or pass it on before you merge."), field="into")  # fmt: skip
    left = leave(case, states.MERGE, by=by, words=words, reason_id=None)
    end_steps(case, "merged", by=by)
    case.merged_into = into
    # Who assisted stays on it: they had a hand in what the other case answers for now.
    case.unit_id, case.rule_id = people.office().id, None
    put(case, State.MERGED, "merged_into", "unit", "rule")
    into.reports_count += case.reports_count
    put(into, None, "reports_count")
    record(
        CaseMerged(into=str(into.uid), words=left.words, words_digest=left.words_digest),
        subject=case, actor=by.actor,
    )  # fmt: skip
    record(CaseAbsorbed(other=str(case.uid)), subject=into, actor=by.actor)
    return case


@rows.together()
def split_case(case: Case, *, by: User, words: str = "", seen: int | None = None) -> Case:
    """Undo a merge: the case is on its own again and waits at intake.

    So the objections of its reporters are heard. Split off from a case that was passed on, it
    stays restricted until somebody files or reopens it.
    """
    case, *above = locked_chain(case.pk)
    case = locked(case, seen=seen)
    allow(by, states.SPLIT, case)
    states.SPLIT.check(case.state)
    left = leave(case, states.SPLIT, by=by, words=words, reason_id=None)
    settle_objections(case)
    case.merged_into, case.assisting = None, []
    begin_step(case, StepKind.INTAKE, unit_id=case.unit_id)
    put(case, State.RECEIVED, "merged_into", "assisting")
    _let_go(case, above, by)
    record(
        CaseSplit(
            other=str(above[0].uid), words=left.words, words_digest=left.words_digest
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def _let_go(case: Case, above: list[Case], by: User) -> None:
    """Take the reports of a case that was split off from each one that answered for it."""
    record(CaseLetGo(other=str(case.uid)), subject=above[0], actor=by.actor)
    for other in above:
        other.reports_count -= case.reports_count
        other.objected_at = objected_since(other)
        put(other, None, "reports_count", "objected_at")
