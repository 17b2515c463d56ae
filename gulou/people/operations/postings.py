"""Who is posted where in which role, and which leader looks after which street."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.outbox.record import record
from gulou.people import facts, queries
from gulou.people.models import Posting, Role, StreetLeader, Unit, UnitKind, User

from . import allow


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
    posting.until = day
    posting.save(update_fields=["until"])
    fact = facts.PostingEnded(posting_id=posting.pk, until=day.isoformat())
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
    allow.manage(by, unit_ids=[])
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
    attachment.until = day
    attachment.save(update_fields=["until"])
    fact = facts.LeaderDetached(attachment_id=attachment.pk, until=day.isoformat())
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
