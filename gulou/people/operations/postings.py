"""Who is posted where in which role, and which leader looks after which street."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.outbox.record import record
from gulou.people import facts, queries
from gulou.people.models import Posting, Role, StreetLeader, Unit, UnitKind, User

from . import allow
from .sessions import end_sessions_of_who_left


@transaction.atomic
def post_person(
    user: User,
    *,
    role: Role,
    unit: Unit,
    by: User | None,
    since: date | None = None,
    until: date | None = None,
) -> Posting:
    """Let a person hold a role at a unit from a day (today) to a day, both included."""
    user, unit = _locked(user), Unit.objects.select_for_update().get(pk=unit.pk)
    role.refresh_from_db()
    allow.grant(by, role, unit_id=unit.pk)
    since = since or queries.today()
    _check_open(user, unit)
    _check_days(since, until)
    _check_free(Posting.objects.filter(user=user, role=role, unit=unit), since, until)
    posting = Posting.objects.create(user=user, role=role, unit=unit, since=since, until=until)
    fact = facts.PostingStarted(
        posting_id=posting.pk,
        role=role.code,
        unit=str(unit.uid),
        since=since.isoformat(),
        until=_iso(until),
    )
    record(fact, subject=user, actor=allow.actor_of(by))
    return posting


@transaction.atomic
def end_posting(posting: Posting, *, by: User | None, until: date | None = None) -> Posting:
    """Let a posting end with a day (today). To shut somebody out at once, deactivate them."""
    user = _locked(posting.user)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    allow.manage(by, unit_ids=[posting.unit_id])
    day = until or queries.today()
    _check_end(posting.since, posting.until, day)
    before, posting.until = posting.until, day
    posting.save(update_fields=["until"])
    fact = facts.PostingEnded(
        posting_id=posting.pk, until=day.isoformat(), until_before=_iso(before)
    )
    record(fact, subject=user, actor=allow.actor_of(by))
    end_sessions_of_who_left(user, actor=allow.actor_of(by))
    return posting


@transaction.atomic
def stop_posting(posting: Posting, *, by: User | None) -> None:
    """Let a posting end now, not with the day: as if yesterday had been its last day, or, where it
    has not held for a day, as if it had never been."""
    user = _locked(posting.user)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.since < queries.today():
        end_posting(posting, by=by, until=queries.today() - timedelta(days=1))
        return
    allow.manage(by, unit_ids=[posting.unit_id])
    fact = facts.PostingWithdrawn(
        posting_id=posting.pk,
        role=posting.role.code,
        unit=str(posting.unit.uid),
        since=posting.since.isoformat(),
        until=_iso(posting.until),
    )
    posting.delete()
    record(fact, subject=user, actor=allow.actor_of(by))
    end_sessions_of_who_left(user, actor=allow.actor_of(by))


@transaction.atomic
def reopen_posting(posting: Posting, *, by: User | None, until: date | None = None) -> Posting:
    """Let a posting that was ended run on, until a day or without an end."""
    user, unit = _locked(posting.user), Unit.objects.select_for_update().get(pk=posting.unit_id)
    posting = Posting.objects.select_for_update().select_related("role").get(pk=posting.pk)
    allow.grant(by, posting.role, unit_id=unit.pk)
    _check_open(user, unit)
    same = Posting.objects.filter(user=user, role=posting.role, unit=unit).exclude(pk=posting.pk)
    _check_free(same, posting.since, until)
    posting.until = until
    posting.save(update_fields=["until"])
    fact = facts.PostingReopened(posting_id=posting.pk, until=_iso(until))
    record(fact, subject=user, actor=allow.actor_of(by))
    return posting


@transaction.atomic
def attach_leader(
    user: User,
    *,
    unit: Unit,
    by: User | None,
    since: date | None = None,
    until: date | None = None,
) -> StreetLeader:
    """包街镇: let a leader of the district look after a street."""
    user, unit = _locked(user), Unit.objects.select_for_update().get(pk=unit.pk)
    allow.lead(by, unit)
    if unit.kind != UnitKind.STREET:
        raise Invalid(
            "leader.not_a_street", _("Leaders look after streets and towns."), field="unit"
        )
    since = since or queries.today()
    _check_open(user, unit)
    _check_days(since, until)
    _check_free(StreetLeader.objects.filter(user=user, unit=unit), since, until)
    attachment = StreetLeader.objects.create(user=user, unit=unit, since=since, until=until)
    fact = facts.LeaderAttached(
        attachment_id=attachment.pk,
        unit=str(unit.uid),
        since=since.isoformat(),
        until=_iso(until),
    )
    record(fact, subject=user, actor=allow.actor_of(by))
    return attachment


@transaction.atomic
def detach_leader(
    attachment: StreetLeader, *, by: User | None, until: date | None = None
) -> StreetLeader:
    """Let a leader look after a street until a day (today)."""
    user = _locked(attachment.user)
    attachment = StreetLeader.objects.select_for_update().get(pk=attachment.pk)
    allow.manage(by, unit_ids=[])
    day = until or queries.today()
    _check_end(attachment.since, attachment.until, day)
    before, attachment.until = attachment.until, day
    attachment.save(update_fields=["until"])
    fact = facts.LeaderDetached(
        attachment_id=attachment.pk, until=day.isoformat(), until_before=_iso(before)
    )
    record(fact, subject=user, actor=allow.actor_of(by))
    end_sessions_of_who_left(user, actor=allow.actor_of(by))
    return attachment


@transaction.atomic
def stop_attachment(attachment: StreetLeader, *, by: User | None) -> None:
    """As `stop_posting`, of a leader and a street."""
    user = _locked(attachment.user)
    attachment = StreetLeader.objects.select_for_update().get(pk=attachment.pk)
    if attachment.since < queries.today():
        detach_leader(attachment, by=by, until=queries.today() - timedelta(days=1))
        return
    allow.manage(by, unit_ids=[])
    fact = facts.AttachmentWithdrawn(
        attachment_id=attachment.pk,
        unit=str(attachment.unit.uid),
        since=attachment.since.isoformat(),
        until=_iso(attachment.until),
    )
    attachment.delete()
    record(fact, subject=user, actor=allow.actor_of(by))
    end_sessions_of_who_left(user, actor=allow.actor_of(by))


@transaction.atomic
def reattach_leader(
    attachment: StreetLeader, *, by: User | None, until: date | None = None
) -> StreetLeader:
    """Let a leader look after a street on, until a day or without an end."""
    user = _locked(attachment.user)
    unit = Unit.objects.select_for_update().get(pk=attachment.unit_id)
    attachment = StreetLeader.objects.select_for_update().get(pk=attachment.pk)
    allow.lead(by, unit)
    _check_open(user, unit)
    same = StreetLeader.objects.filter(user=user, unit=unit).exclude(pk=attachment.pk)
    _check_free(same, attachment.since, until)
    attachment.until = until
    attachment.save(update_fields=["until"])
    fact = facts.LeaderReattached(attachment_id=attachment.pk, until=_iso(until))
    record(fact, subject=user, actor=allow.actor_of(by))
    return attachment


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _check_open(user: User, unit: Unit) -> None:
    if not user.is_active:
        raise Refusal("person.inactive", _("This person's access has been closed."), field="user")
    if not unit.active:
        raise Refusal(
            "unit.dissolved", _("This unit has been dissolved. Choose another."), field="unit"
        )


def _check_days(since: date, until: date | None) -> None:
    if until and until < since:
        raise Invalid(
            "posting.ends_before", _("The last day lies before the first one."), field="until"
        )


def _check_free(same: object, since: date, until: date | None) -> None:
    """The same posting must not be held twice on any day."""
    overlaps = Q(until=None) | Q(until__gte=since)
    if until:
        overlaps &= Q(since__lte=until)
    if same.filter(overlaps).exists():  # type: ignore[attr-defined]
        raise Conflict("posting.held_already", _("This is held already in these days."))


def _check_end(since: date, until: date | None, day: date) -> None:
    if until and until <= day:
        raise Refusal("posting.ended_already", _("This ends on %(day)s.") % {"day": until})
    if day < since:
        raise Invalid(
            "posting.ends_before", _("The last day lies before the first one."), field="until"
        )
