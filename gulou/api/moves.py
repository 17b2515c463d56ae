"""Every move of the table for programs: what it takes of the body, and the one operation it calls."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import AwareDatetime, Field

from gulou.cases import operations, queries, states
from gulou.cases.operations import Evidence
from gulou.kit.errors import Invalid, NotFound
from gulou.people import queries as people

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.people.models import User

Id = Annotated[int, Field(ge=1, lt=2**63)]
Draft = Annotated[str, Field(pattern=r"^[\w-]{0,64}$")]


class Given(Schema):
    """What a move may take. `named` is the unit that a return names instead. `seen` is the version of the case that was looked at. `person` and
    photos are public ids; photos were staged under `draft`."""

    seen: Annotated[int, Field(ge=0, lt=2**31)]
    words: Annotated[str, Field(max_length=4000)] = ""
    reason: Id | None = None
    unit: Id | None = None
    assisting: Annotated[list[Id], Field(max_length=50)] = []
    category: Id | None = None
    condition: Id | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    summary: Annotated[str, Field(max_length=2000)] | None = None
    named: Id | None = None
    person: UUID | None = None
    found: bool | None = None
    into: Annotated[str, Field(max_length=24)] = ""
    form: Annotated[str, Field(max_length=12)] = ""
    amount: Annotated[int, Field(ge=1, le=32767)] | None = None
    until: AwareDatetime | None = None
    granted: bool | None = None
    done: bool = True
    part: Id | None = None
    public: bool = False
    photos: Annotated[list[UUID], Field(max_length=50)] = []
    draft: Draft = ""

    @property
    def evidence(self) -> Evidence:
        """The staged photos that go with it."""
        return Evidence(photos=self.photos, draft=self.draft)


Make = Callable[["Case", dict[str, Any], Given], Any]


def make(name: str, case: "Case", *, by: "User", given: Given) -> "Case":
    """Make the move; the case after it. Raises NotFound for an unknown move, and what its
    operation refuses."""
    if name not in _MOVES:
        raise NotFound("case.no_such_move", _("There is no such move."))
    common = {"by": by, "seen": given.seen}
    moved: Case = _MOVES[name](case, common, given)
    return moved


def _needed(value: Any, field: str) -> Any:
    if value in (None, ""):
        raise Invalid("api.missing", _("A value is missing."), field=field)
    return value


def _person(given: Given) -> "User | None":
    if given.person is None:
        return None
    found = people.people_by_uid([given.person]).get(given.person)
    if found is None:
        raise Invalid("api.person", _("There is no such person."), field="person")
    return found


def _plain(operation: Callable[..., Any]) -> Make:
    return lambda case, common, g: operation(case, words=g.words, **common)


def _with_reason(operation: Callable[..., Any]) -> Make:
    return lambda case, common, g: operation(case, reason_id=g.reason, words=g.words, **common)


def _with_photos(operation: Callable[..., Any]) -> Make:
    return lambda case, common, g: operation(case, evidence=g.evidence, words=g.words, **common)


def _merge(case: "Case", common: dict[str, Any], given: Given) -> Any:
    into = queries.case_seen_by(common["by"], _needed(given.into, "into"))
    return operations.merge_case(case, into=into, words=given.words, **common)


# fmt: off
_MOVES: Mapping[str, Make] = {
    states.TASK.name: lambda case, common, g: operations.task_verification(
        case, unit_id=_needed(g.unit, "unit"), person=_person(g), words=g.words, **common),
    states.VERIFY.name: lambda case, common, g: operations.verify_case(
        case, found=_needed(g.found, "found"), words=g.words, evidence=g.evidence, **common),
    states.FILE.name: lambda case, common, g: operations.file_case(
        case, category_id=g.category, condition_id=g.condition, summary=g.summary,
        address=g.address, words=g.words, **common),
    states.DECLINE.name: _with_reason(operations.decline_case),
    states.REDIRECT.name: _with_reason(operations.redirect_case),
    states.MERGE.name: _merge,
    states.SPLIT.name: _plain(operations.split_case),
    states.DISPATCH.name: lambda case, common, g: operations.dispatch_case(
        case, unit_id=_needed(g.unit, "unit"), assisting=g.assisting, condition_id=g.condition,
        words=g.words, **common),
    states.ACCEPT.name: _plain(operations.accept_case),
    states.RETURN.name: lambda case, common, g: operations.return_case(
        case, reason_id=g.reason, named_id=g.named, words=g.words, evidence=g.evidence, **common),
    states.ARBITRATE.name: lambda case, common, g: operations.arbitrate_case(
        case, unit_id=_needed(g.unit, "unit"), assisting=g.assisting, words=g.words, **common),
    states.HANDLE.name: _with_photos(operations.handle_case),
    states.DELEGATE.name: lambda case, common, g: operations.delegate_part(
        case, unit_id=_needed(g.unit, "unit"), person=_person(g), due_at=g.until, words=g.words,
        **common),
    states.REPORT_UP.name: lambda case, common, g: operations.report_part(
        case, done=g.done, words=g.words, evidence=g.evidence, **common),
    states.SEND_DOWN.name: lambda case, common, g: operations.send_part_down(
        case, due_at=g.until, words=g.words, **common),
    states.TAKE_BACK.name: lambda case, common, g: operations.take_part_back(
        case, step_id=g.part, words=g.words, **common),
    states.HAND_OVER.name: _plain(operations.hand_over_recheck),
    states.NAME_RECHECKER.name: lambda case, common, g: operations.name_rechecker(
        case, person=_needed(_person(g), "person"), words=g.words, **common),
    states.CLOSE.name: _with_photos(operations.close_case),
    states.REWORK.name: lambda case, common, g: operations.rework_case(
        case, reason_id=g.reason, words=g.words, evidence=g.evidence, **common),
    states.REOPEN.name: _with_reason(operations.reopen_case),
    states.UPHOLD.name: _plain(operations.uphold_case),
    states.ON_SPOT.name: lambda case, common, g: operations.rectify_on_the_spot(
        case, unit_id=_needed(g.unit, "unit"), words=g.words, **common),
    states.EXTEND.name: lambda case, common, g: operations.ask_extension(
        case, amount=_needed(g.amount, "amount"), words=g.words, **common),
    states.SUSPEND.name: lambda case, common, g: operations.ask_suspension(
        case, until=_needed(g.until, "until"), words=g.words, **common),
    states.RESUME.name: lambda case, common, g: operations.resume_clock(
        case, until=g.until, words=g.words, **common),
    states.APPEAL.name: _plain(operations.appeal),
    states.RULE.name: lambda case, common, g: operations.rule(
        case, granted=_needed(g.granted, "granted"), words=g.words, **common),
    states.REPLY.name: lambda case, common, g: operations.answer_assignment(
        case, words=g.words, form=_needed(g.form, "form"), evidence=g.evidence, **common,
    ).assignment.case,
    states.URGE.name: _plain(operations.urge_case),
    states.NOTE.name: lambda case, common, g: operations.note_case(
        case, words=g.words, evidence=g.evidence, public=g.public, **common),
    states.RELEASE.name: lambda case, common, g: operations.release_photos(
        case, uids=g.photos, summary=g.summary, **common),
}
# fmt: on
