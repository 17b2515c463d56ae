"""Group robots, what was sent, and what was given up and waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from gulou.cases.queries import numbers_of
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.outbox import queries as outbox
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.verbs import MEND
from gulou.providers import states as provided
from gulou.providers import words as provider_words
from gulou.providers.models import Missive

from . import robots, words
from .channels import CHANNELS
from .kinds import kind_of
from .models import Letter, Parcel, Robot
from .states import CHOICES, Form, Progress, What

PROVIDERS = provided.Code.values

__all__ = ["CHANNELS", "CHOICES", "MANAGE", "Form", "Progress", "What"]

PAGE = 50
MAIL = "mail"
"""The line of the outbox in which mail waits."""
ROBOT = "robot"


def logs() -> list[tuple[str, str]]:
    """Every log there is, by its code and name."""
    return [
        (ROBOT, _("Group robots")), (MAIL, _("Mail to reporters")),
        *((f"by-{one.value}", str(one.label)) for one in provided.Code),
        *((f"to-{one.name}", _("To staff: %(name)s") % {"name": one.label})
          for one in CHANNELS.values()),
    ]  # fmt: skip


@dataclass(frozen=True)
class SetAside:
    """A reaction that failed for good or that nobody knows. `error` holds no words of people."""

    id: int
    fact: str
    reaction: str
    subject_kind: str
    subject_uid: UUID
    happened_at: datetime
    set_aside_at: datetime | None
    attempts: int
    error: str


def set_aside(user: User, *, limit: int = 200) -> list[SetAside]:
    """What waits for a person, newest first. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    return [
        SetAside(
            id=delivery.pk, fact=delivery.event.name, reaction=delivery.reaction,
            subject_kind=delivery.event.subject_kind, subject_uid=delivery.event.subject_uid,
            happened_at=delivery.event.at, set_aside_at=delivery.set_aside_at,
            attempts=delivery.attempts, error=delivery.error,
        )
        for delivery in outbox.set_aside()[:limit]
    ]  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One message as the log shows it: what, to whom, by which channel, how far, why not."""

    id: int
    channel: str
    what: str
    to: str
    case: str
    at: datetime
    progress: Progress
    sent_at: datetime | None
    attempts: int
    error: str
    # Where the provider says so: when it reached the person.
    arrived_at: datetime | None = None
    # Where it waits for the end of quiet hours, for a digest, or for another try.
    due_at: datetime | None = None

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return {"waiting": "waiting", "sent": "done", "failed": "late", "dropped": "waiting"}[
            self.progress
        ]

    @property
    def sign(self) -> str:
        """The icon of its state."""
        return {
            "waiting": "hourglass", "sent": "check", "failed": "alert-triangle", "dropped": "minus",
        }[self.progress]  # fmt: skip


@dataclass(frozen=True)
class Log:
    """A page of the delivery log; `before` leads to the older ones, None at the end."""

    sent: Sequence[Sent]
    before: int | None


def robot_log(
    user: User, *, progress: str = "", robot: UUID | None = None, before: int | None = None
) -> Log:
    """What robots were to tell, newest first. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    found = Parcel.objects.select_related("robot", "case").order_by("-id")
    if progress in Progress.values:
        found = found.filter(_never_dropped(progress))
    if robot is not None:
        found = found.filter(robot__uid=robot)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    return Log([_sent(one) for one in page[:PAGE]], page[PAGE - 1].pk if len(page) > PAGE else None)


def mail_log(user: User, *, progress: str = "", before: int | None = None) -> Log:
    """What was to be mailed to reporters, newest first. Addresses are in no log. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    page = list(outbox.in_line(MAIL, progress=progress, before=before)[: PAGE + 1])
    cases = numbers_of([one.event.subject_uid for one in page])
    sent = [
        Sent(
            id=one.pk, channel=MAIL, what=words.mail(one.reaction), to="",
            case=cases.get(one.event.subject_uid, ""), at=one.event.at,
            progress=_progress(one.done_at, one.set_aside_at), sent_at=one.done_at,
            attempts=one.attempts, error=words.why_not_mailed(one.error),
        )
        for one in page[:PAGE]
    ]  # fmt: skip
    return Log(sent, page[PAGE - 1].pk if len(page) > PAGE else None)


def letter_log(user: User, *, channel: str, progress: str = "", before: int | None = None) -> Log:
    """What people and units of staff were to be sent by a channel, newest first: of what kind, to
    whom, never where. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    found = Letter.objects.filter(channel=channel).order_by("-id")
    found = found.select_related("item__person", "item__unit", "item__case")
    if progress in Progress.values:
        found = found.filter(_BEING[Progress(progress)])
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    sent = [_letter(one) for one in page[:PAGE]]
    return Log(sent, page[PAGE - 1].pk if len(page) > PAGE else None)


_BEING = {
    Progress.SENT: Q(sent_at__isnull=False),
    Progress.FAILED: Q(set_aside_at__isnull=False),
    Progress.DROPPED: Q(dropped_at__isnull=False),
    Progress.WAITING: Q(sent_at=None, set_aside_at=None, dropped_at=None),
}


def _letter(one: Letter) -> Sent:
    item = one.item
    progress = _progress(one.sent_at, one.set_aside_at)
    if one.dropped_at is not None:
        progress = Progress.DROPPED
    return Sent(
        id=one.pk, channel=one.channel, what=str(kind_of(item.what).label),
        to=str(item.person) if item.person else name_of(item.unit) if item.unit else "",
        case=item.case.number if item.case else "", at=item.at, progress=progress,
        sent_at=one.sent_at, attempts=0 if progress == Progress.DROPPED else one.attempts, error=words.why(one.error) if one.error else "",
        due_at=one.due_at if progress == Progress.WAITING and one.due_at > clock.now() else None,
    )  # fmt: skip


def provider_log(user: User, channel: str, *, progress: str = "", before: int | None = None) -> Log:
    """What one provider was to tell people, newest first. Nobody's number or name is in it, but for
    colleagues. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    found = Missive.objects.filter(provider__code=channel).order_by("-id")
    found = found.select_related("report__case", "user", "follower__report__case")
    if progress in Progress.values:
        found = found.filter(_never_dropped(progress))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    sent = [
        Sent(
            id=one.pk, channel=channel, what=str(provided.What(one.what).label),
            to=str(one.user) if one.user else "", case=_case_of(one),
            at=one.at, progress=_progress(one.sent_at, one.set_aside_at), sent_at=one.sent_at,
            attempts=one.attempts, error=provider_words.why(one.error) if one.error else "",
            arrived_at=one.arrived_at,
        )
        for one in page[:PAGE]
    ]  # fmt: skip
    return Log(sent, page[PAGE - 1].pk if len(page) > PAGE else None)


def _case_of(one: Missive) -> str:
    report = one.report or (one.follower.report if one.follower else None)
    return report.case.number if report else ""


def told_of(case_id: int) -> list[Sent]:
    """What groups were told of a case, oldest first. No question where there is no robot."""
    if not robots.ever():
        return []
    found = Parcel.objects.filter(case_id=case_id).select_related("robot", "case")
    return [_sent(one) for one in found.order_by("id")]


def _sent(one: Parcel) -> Sent:
    return Sent(
        id=one.pk, channel="robot", what=str(What(one.what).label), to=one.robot.name,
        case=one.case.number if one.case else "", at=one.at,
        progress=_progress(one.sent_at, one.set_aside_at), sent_at=one.sent_at,
        attempts=one.attempts, error=words.why(one.error) if one.error else "",
    )  # fmt: skip


def _progress(sent_at: datetime | None, set_aside_at: datetime | None) -> Progress:
    if sent_at is not None:
        return Progress.SENT
    return Progress.FAILED if set_aside_at is not None else Progress.WAITING


def _never_dropped(progress: str) -> Q:
    """A message of a robot or through a provider is never dropped."""
    if progress == Progress.WAITING:
        return Q(sent_at=None, set_aside_at=None)
    return Q(pk=None) if progress == Progress.DROPPED else _BEING[Progress(progress)]


@dataclass(frozen=True)
class RobotSeen:
    """A robot for the office: all but its key."""

    uid: UUID
    name: str
    street_id: int | None
    street: str
    category_id: int | None
    category: str
    tells: Sequence[str]
    form: str
    with_photo: bool
    retired: bool
    waiting: int
    failed: int
    last: Sent | None

    @property
    def tells_words(self) -> str:
        """What it tells, in words."""
        return _(", ").join(str(What(one).label) for one in self.tells)


def all_robots(user: User) -> list[RobotSeen]:
    """Every robot, those in use first. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    found = Robot.objects.select_related("street", "category").order_by("name", "id")
    return sorted((_robot(one) for one in found), key=lambda one: one.retired)


def robot_seen(user: User, uid: UUID) -> RobotSeen:
    """One robot. Raises NotAllowed, NotFound."""
    access.require(user, MANAGE, unit_id=people.office().id)
    return _robot(robot_of(uid))


def robot_of(uid: UUID) -> Robot:
    """The robot itself, for an operation on it. Raises NotFound."""
    found = Robot.objects.select_related("street", "category").filter(uid=uid).first()
    if found is None:
        raise NotFound("robot.not_found", _("There is no such robot."))
    return found


def _robot(one: Robot) -> RobotSeen:
    open_ = one.parcels.filter(sent_at=None)
    last = one.parcels.select_related("robot", "case").order_by("-id").first()
    given: dict[str, Any] = {
        "street": name_of(one.street) if one.street else "",
        "category": name_of(one.category) if one.category else "",
    }
    return RobotSeen(
        uid=one.uid, name=one.name, street_id=one.street_id, category_id=one.category_id,
        tells=one.tells, form=one.form, with_photo=one.with_photo,
        retired=one.retired_at is not None, waiting=open_.filter(set_aside_at=None).count(),
        failed=open_.filter(set_aside_at__isnull=False).exclude(error="retired").count(),
        last=_sent(last) if last else None, **given,
    )  # fmt: skip
