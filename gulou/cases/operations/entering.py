"""What somebody at a desk enters for others: a call, a letter, what was assigned from above."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import AssignmentAnswered, CaseAssigned, ContactSeen
from gulou.cases.family import answering_for
from gulou.cases.models import (
    Assignment,
    AssignmentReply,
    Case,
    Contact,
    Letter,
    PhotoKind,
    ReplyForm,
    Report,
    Source,
)
from gulou.kit import clock
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .ground import NOTHING, Evidence, add_photos, allow, keep_words, locked, put
from .intake import Snap, phone_digest, receive_report

MOST_EARLIER = 10
OLDEST = timedelta(days=5 * 366)
"""How far from today a paper of those above may lie: farther is a slip of the year."""


@dataclass(frozen=True, kw_only=True)
class LetterDetails:
    """The paper it came on: its number in the register, and the date it bears."""

    number: str = ""
    dated_on: date | None = None

    def given(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.number or self.dated_on)


@dataclass(frozen=True, kw_only=True)
class AssignedDetails:
    """What those above want: who they are, their number, when it came, by when, in which form."""

    from_whom: str
    number: str
    received_on: date
    due_at: datetime
    form: str


@transaction.atomic
def enter_report(
    snap: Snap, *, by: User, letter: LetterDetails | None = None,
    assigned: AssignedDetails | None = None,
) -> Report:  # fmt: skip
    """Take in what somebody at a desk writes down for others, with the paper that it came on.

    The same form sent twice gives the same report. Raises as `receive_report`, and Invalid where
    a case assigned from above lacks what those above want.
    """
    if snap.source == Source.ASSIGNED and assigned is None:
        raise Invalid(
            "assignment.missing", _("Say who assigned it and by when they want a reply."),
            field="from_whom",
        )  # fmt: skip
    report = receive_report(snap, entered_by=by)
    if letter is not None and letter.given():
        Letter.objects.get_or_create(
            report=report,
            defaults={"number": clean(letter.number)[:60], "dated_on": letter.dated_on},
        )
    case = Case.objects.select_for_update().get(pk=report.case_id)
    if assigned is not None and not Assignment.objects.filter(case=case).exists():
        _assign(case, assigned, by)
    return report


def _assign(case: Case, given: AssignedDetails, by: User) -> None:
    from_whom = clean(given.from_whom)
    if not from_whom:
        raise Invalid("assignment.from", _("Say who assigned it."), field="from_whom")
    if given.form not in ReplyForm.values:
        raise Invalid("assignment.form", _("Choose how they want the reply."), field="form")
    if given.received_on > people.today():
        raise Invalid(
            "assignment.received", _("It cannot have arrived later than today."),
            field="received_on",
        )  # fmt: skip
    if given.received_on < people.today() - OLDEST:
        raise Invalid(
            "assignment.old", _("It arrived more than five years ago: check the year."),
            field="received_on",
        )  # fmt: skip
    if given.due_at.date() > people.today() + OLDEST:
        raise Invalid(
            "assignment.far", _("It is due in more than five years: check the year."),
            field="due_at",
        )  # fmt: skip
    if given.due_at.date() < given.received_on:
        raise Invalid(
            "assignment.due", _("The reply cannot be due before it arrived."), field="due_at"
        )
    assignment = Assignment.objects.create(
        case=case, from_whom=from_whom[:120], number=clean(given.number)[:60],
        received_on=given.received_on, due_at=given.due_at, form=given.form, by=by,
        at=clock.now(),
    )  # fmt: skip
    record(
        CaseAssigned(
            assignment=assignment.pk, received=given.received_on.isoformat(),
            due=given.due_at.isoformat(), form=given.form,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip


@transaction.atomic
def answer_assignment(
    case: Case, *, by: User, words: str, form: str, evidence: Evidence = NOTHING,
    shown: tuple[UUID, ...] = (), seen: int | None = None,
) -> AssignmentReply:  # fmt: skip
    """Keep the reply that went to those above, once the case has ended.

    `shown` are pictures of the case that went with it; `evidence` brings new ones, such as the
    signed page. A reply never changes: another one after it is a correction.
    """
    case = locked(case, seen=seen)
    allow(by, states.REPLY, case)
    states.REPLY.check(case.state)
    assignment = Assignment.objects.select_for_update().filter(case=case).first()
    if assignment is None:
        raise Refusal("assignment.none", _("This case was not assigned from above."))
    if form not in ReplyForm.values:
        raise Invalid("assignment.form", _("Choose how the reply was given."), field="form")
    states.REPLY.check_words(reason=None, words=clean(words))
    ours = set(case.photos.values_list("photo__uid", flat=True))
    if unknown := set(shown) - ours:
        raise Invalid(
            "case.photo_unknown",
            _("%(count)d of these pictures are not on this case. Reload and choose again.")
            % {"count": len(unknown)},
            field="shown",
        )
    kept, digest = keep_words(words)
    added = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.REFERENCE, actor=by.actor,
        by=by,
    )  # fmt: skip
    correction = assignment.replied_at is not None
    now = clock.now()
    reply = AssignmentReply.objects.create(
        assignment=assignment, words=kept, form=form, by=by, at=now,
        photos=[*shown, *map(UUID, added)],
    )  # fmt: skip
    assignment.replied_at = assignment.replied_at or now
    assignment.save(update_fields=["replied_at"])
    put(case)
    record(
        AssignmentAnswered(
            assignment=assignment.pk, reply=reply.pk, form=form, correction=correction,
            words=kept.pk, words_digest=digest, photos=added,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return reply


@transaction.atomic
def reports_of_caller(phone: str, *, by: User) -> list[Report]:
    """The earlier reports of who has this number, newest first; that they were looked up stands
    on the record of each. Only those whose case and contact the person may see. Raises NotAllowed."""
    reach = access.reach_of(by)
    access.require(by, states.ENTER, unit_id=people.office().id)
    digest = phone_digest(phone)
    if not digest:
        return []
    contacts = Contact.objects.filter(phone_digest=digest, erased_at=None)
    reports = Report.objects.filter(contact__in=contacts).order_by("-received_at")[:MOST_EARLIER]
    found = []
    for report in Report.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.pk for one in reports]
    ).order_by("-received_at", "-pk"):  # fmt: skip
        report.case = answering_for(report.case_id)
        if _may_see(report.case, reach):
            record(ContactSeen(), subject=report, actor=by.actor)
            found.append(report)
    return found


def _may_see(case: Case, reach: access.Reach) -> bool:
    """Whether who looked up a caller may know of this case and whose it is."""
    verbs = [states.READ, states.READ_CONTACT]
    if case.restricted:
        verbs.append(states.READ_RESTRICTED)
    return all(reach.holds(verb, unit_id=case.unit_id) for verb in verbs)
