"""What a phone has done, one operation after the other: each in its own transaction, each once."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gulou.cases import operations, queries
from gulou.cases.operations import ContactDetails, Evidence, Snap
from gulou.catalogue.states import ChannelCode
from gulou.kit.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from gulou.kit.sealing import keyed_digest
from gulou.phones import operations as phones
from gulou.ui import limits

from .reports import link_to
from .shapes import Operation
from .tasks import CASE, VISIT, as_task

if TYPE_CHECKING:
    from gulou.people.models import User

_EDITED = Conflict(
    "push.done_before_edit",
    _("This had arrived before it was changed: what was changed since is not part of it."),
)
_LATER = TooMany("push.later", _("This could not be done now. It is sent again by itself."))
log = logging.getLogger(__name__)
Act = Callable[[Any, Operation, Evidence, dict[str, Any]], Any]


def pushed(request: HttpRequest, reader: "User | None", one: Operation) -> dict[str, Any]:
    """Do one operation, unless it is done; the answer says what became of it."""
    result: dict[str, Any] | None = None
    left_out: Refusal | None = None
    try:
        if one.kind == "report":
            result, left_out = _report(request, reader, one)
        else:
            _act(reader, one)
    except TooMany as error:
        return _answer(one, "later", error)
    except Refusal as error:
        now, moved_on = _now(reader, one)
        return _answer(one, "changed" if moved_on else "refused", error, now=now)
    except (DatabaseError, OSError):
        log.exception("An operation of a phone failed.")
        return _answer(one, "later", _LATER)
    return _answer(one, "done", left_out, result=result, now=_now(reader, one)[0])


def _answer(
    one: Operation, state: str, error: Refusal | None, *, result: Any = None, now: Any = None
) -> dict[str, Any]:
    return {
        "id": one.id, "state": state, "code": error.code if error else "",
        "message": str(error.message) if error else "", "field": error.field if error else "",
        "result": result, "now": now,
    }  # fmt: skip


def _digest(one: Operation) -> str:
    return keyed_digest(one.model_dump_json())


def _report(
    request: HttpRequest, reader: "User | None", one: Operation
) -> tuple[dict[str, Any], Refusal | None]:
    """Its receipt; and, where the answer to an earlier try was lost and it was changed since, that
    this is the receipt of what came first."""
    digest, left_out = _digest(one), None
    if done := phones.content_done(one.id, by=reader):
        found = queries.report_sent_as(one.id)
        left_out = None if done == digest else _EDITED
        if found is None:
            raise NotFound("report.not_found", _("There is no such report."))
    else:
        with limits.spent(request, limits.REPORTS):
            found = operations.receive_report(_snap(one, reader), reporter=reader)
        phones.claim(one.id, by=reader, digest=digest, task="")
    return {"receipt": found.receipt, "link": link_to(request, found.token)}, left_out


def _snap(one: Operation, reader: "User | None") -> Snap:
    given = one.given
    if given.category is None or given.lat is None or given.lon is None:
        missing = "category" if given.category is None else "place"
        raise Invalid("report.missing", _("A value is missing."), field=missing)
    return Snap(
        client_id=one.id, category_id=given.category, lat=given.lat, lon=given.lon,
        system=given.system, accuracy_m=given.accuracy_m, words=given.words,
        address=given.address, snapped_at=given.snapped_at or one.made_at,
        photos=tuple(phones.photos_of(one.photos, draft=one.draft)), draft=one.draft,
        source=queries.source_of(reader), channel=ChannelCode.FIELD,
        language=get_language() or "", joins=given.joins,
        contact=ContactDetails(name=given.name, phone=given.phone, email=given.email),
    )  # fmt: skip


@transaction.atomic
def _act(reader: Any, one: Operation) -> None:
    """The move, and the note that it was made, or neither."""
    task = one.task or ""
    if not phones.claim(one.id, by=reader, digest=_digest(one), task=task):
        return
    evidence = Evidence(photos=phones.photos_of(one.photos, draft=one.draft), draft=one.draft)
    if one.kind == "look_back":
        revisit = queries.revisit_seen_by(reader, _visit(task))[0]
        if one.given.passed is None:
            raise Invalid("api.missing", _("A value is missing."), field="passed")
        operations.answer_revisit(
            revisit, by=reader, passed=one.given.passed, words=one.given.words, evidence=evidence
        )
        return
    case = queries.case_seen_by(reader, task.removeprefix(CASE))
    seen = phones.version_now(task, one.version, by=reader)
    moved = _ACTS[one.kind](case, one, evidence, {"by": reader, "seen": seen})
    phones.note_versions(one.id, before=seen, after=moved.version)


def _visit(task: str) -> UUID:
    try:
        return UUID(task.removeprefix(VISIT))
    except ValueError:
        raise NotFound("revisit.not_found", _("There is no such look-back.")) from None


def _now(reader: "User | None", one: Operation) -> tuple[dict[str, Any] | None, bool]:
    """The task as it is now, and whether it is another one than was looked at."""
    task = one.task or ""
    if reader is None or not task:
        return None, False
    if task.startswith(VISIT):
        try:
            _revisit, seen = queries.revisit_seen_by(reader, _visit(task))
        except NotFound:
            return None, True
        return None, not seen.may_answer
    try:
        case = queries.case_seen_by(reader, task.removeprefix(CASE))
    except NotFound:
        return None, True
    found = queries.task_afield(reader, case.uid)
    moved_on = case.version != phones.version_now(task, one.version, by=reader)
    return (as_task(found) if found else None), found is None or moved_on


def _needed(value: Any, field: str) -> Any:
    if value is None:
        raise Invalid("api.missing", _("A value is missing."), field=field)
    return value


# fmt: off
_ACTS: Mapping[str, Act] = {
    "accept": lambda case, one, shots, common: operations.accept_case(
        case, words=one.given.words, **common),
    "handle": lambda case, one, shots, common: operations.handle_case(
        case, words=one.given.words, evidence=shots, **common),
    "return": lambda case, one, shots, common: operations.return_case(
        case, reason_id=one.given.reason, words=one.given.words, evidence=shots, **common),
    "verify": lambda case, one, shots, common: operations.verify_case(
        case, found=_needed(one.given.found, "found"), words=one.given.words, evidence=shots,
        **common),
    "close": lambda case, one, shots, common: operations.close_case(
        case, words=one.given.words, evidence=shots, **common),
    "rework": lambda case, one, shots, common: operations.rework_case(
        case, reason_id=one.given.reason, words=one.given.words, evidence=shots, **common),
    "report_part": lambda case, one, shots, common: operations.report_part(
        case, done=one.given.done, words=one.given.words, evidence=shots, **common),
    "note": lambda case, one, shots, common: operations.note_case(
        case, words=one.given.words, evidence=shots, **common),
}
# fmt: on
