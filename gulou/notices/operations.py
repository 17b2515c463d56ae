"""Setting up group robots, owing them what they tell, and taking up again what was set aside."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.catalogue.models import Category
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.sealing import seal
from gulou.kit.words import clean
from gulou.outbox import deliver
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Unit, User
from gulou.people.verbs import MEND
from gulou.places.models import Area

from . import history, manners, robots, wecom
from .channels import CHANNELS
from .facts import LetterResent, ParcelResent, RobotRestored, RobotRetired, RobotSet, TellingSet
from .kinds import KINDS
from .models import Item, Letter, Line, Manner, OfficeWishes, Parcel, Robot, Wishes
from .planning import letters_for
from .states import AT_FIRST, TOLD_AFTER, Form, What

OFFICE_FIELDS = ("by_kind", *manners.HOURS, "duty_channels", "urgent")
MOST_QUIET = 14 * 60
"""Minutes: longer quiet hours would keep a duty from somebody for a day."""
FIELDS = ("name", "street_id", "category_id", "tells", "form", "with_photo")


def retry_delivery(delivery_id: int, *, by: User) -> None:
    """Try a delivery that was set aside again, from the beginning. Raises NotAllowed."""
    access.require(by, MEND, unit_id=people.office().id)
    deliver.retry(delivery_id)


@transaction.atomic
def resend_parcel(parcel_id: int, *, by: User) -> Parcel:
    """Send a message of a robot that was set aside again, from the beginning; on record."""
    access.require(by, MEND, unit_id=people.office().id)
    parcel = Parcel.objects.select_related("robot").filter(pk=parcel_id).first()
    if parcel is None:
        raise NotFound("notices.no_such_message", _("There is no such message."))
    robot = Robot.objects.select_for_update().get(pk=parcel.robot_id)
    again = Parcel.objects.filter(pk=parcel.pk, set_aside_at__isnull=False)
    if not again.update(
        set_aside_at=None, attempts=0, parts=0, batch=None, error="", due_at=clock.now()
    ):
        raise Refusal("notices.not_aside", _("This message was sent, or is being sent."))
    Robot.objects.filter(pk=robot.pk).update(paused_until=None, failures=0)
    record(ParcelResent(parcel=parcel.pk), subject=robot, actor=by.actor)
    parcel.refresh_from_db()
    return parcel


@transaction.atomic
def resend_letter(letter_id: int, *, by: User) -> Letter:
    """Send a message to a person or a unit again that was set aside; on record."""
    access.require(by, MEND, unit_id=people.office().id)
    again = Letter.objects.select_for_update(of=("self",)).select_related("item")
    letter = again.filter(pk=letter_id).first()
    if letter is None:
        raise NotFound("notices.no_such_message", _("There is no such message."))
    if letter.set_aside_at is None:
        raise Refusal("notices.not_aside", _("This message was sent, or is being sent."))
    letter.set_aside_at, letter.attempts, letter.error = None, 0, ""
    # Alone it is another digest than the one that it was part of.
    letter.due_at, letter.batch = clock.now(), None
    letter.save(update_fields=["set_aside_at", "attempts", "error", "due_at", "batch"])
    Line.objects.filter(channel=letter.channel, name=letter.line).update(
        paused_until=None, failures=0
    )
    item = letter.item
    fact = LetterResent(letter=letter.pk)
    if item.person_id is not None:
        person = User.objects.select_for_update().get(pk=item.person_id)
        record(fact, subject=person, actor=by.actor)
    elif item.unit_id is not None:
        unit = Unit.objects.select_for_update().get(pk=item.unit_id)
        record(fact, subject=unit, actor=by.actor)
    return letter


def settle_past(*, until: datetime) -> None:
    """After a made-up past: nothing of it is sent, and what is older than two days was read."""
    Letter.objects.filter(item__at__lte=until).delete()
    unread = Item.objects.filter(read_at=None, at__lt=until - timedelta(days=2))
    unread.update(read_at=F("at") + timedelta(hours=3))


@transaction.atomic
def choose_manner(given: Mapping[str, Any], *, by: User) -> None:
    """How a person wants to be told: `by_kind` and manners.HOURS. What waits follows. Raises
    Invalid."""
    wishes, _new = Wishes.objects.select_for_update().get_or_create(person=by)
    _set_manner(wishes, given)
    wishes.save()
    _plan_anew(by)


@transaction.atomic
def forget_manner(*, by: User) -> None:
    """A person wants to be told as the office has it for everybody."""
    Wishes.objects.filter(person=by).delete()
    _plan_anew(by)


@transaction.atomic
@manners.changing()
def set_office_manner(given: Mapping[str, Any], *, by: User) -> OfficeWishes:
    """How everybody is told who says nothing; by what a duty is always told; what is urgent. On
    record. Raises Invalid, NotAllowed."""
    access.require(by, MANAGE, unit_id=people.office().id)
    row = OfficeWishes.objects.select_for_update().order_by("pk").first()
    new = row is None
    row = row or OfficeWishes(urgent=list(manners.URGENT))
    before = {} if new else _told_of(row)
    _set_manner(row, given)
    row.duty_channels = [one for one in given.get("duty_channels", ()) if one in CHANNELS]
    row.urgent = [one for one in given.get("urgent", ()) if one in KINDS]
    row.save()
    after = _told_of(row)
    changed = {name for name in OFFICE_FIELDS if before.get(name) != after[name]}
    if changed:
        fact = TellingSet(
            before={name: before[name] for name in sorted(changed & set(before))},
            after={name: after[name] for name in sorted(changed)},
        )
        record(fact, subject=row, actor=by.actor)
    return row


@transaction.atomic
def take_back_telling(event_id: int, *, by: User) -> None:
    """Undo the last change of how everybody is told."""
    access.require(by, MANAGE, unit_id=people.office().id)
    row = OfficeWishes.objects.select_for_update().order_by("pk").first()
    event = history.last_of_telling()
    if row is None or event is None or event.pk != event_id or not event.payload["before"]:
        raise NotFound("telling.no_such_change", _("There is nothing to take back here."))
    then = {**_told_of(row), **event.payload["before"]}
    set_office_manner({**then, "by_kind": manners.unflat(then["by_kind"])}, by=by)


def _told_of(row: OfficeWishes) -> dict[str, Any]:
    """What a fact tells of it."""
    told = {name: getattr(row, name) for name in OFFICE_FIELDS}
    return {**told, "by_kind": manners.flat(row.by_kind)}


def _set_manner(row: Manner, given: Mapping[str, Any]) -> None:
    for name in manners.HOURS:
        if name in given:
            setattr(row, name, given[name])
    row.by_kind = manners.clean_choices(given.get("by_kind", {}))
    if not (0 <= row.digest_hour < 24 and 0 <= row.digest_weekday < 7):
        raise Invalid("manner.digest", _("Choose an hour and a day."), field="digest_hour")
    for name in ("quiet_from", "quiet_until"):
        if not 0 <= getattr(row, name) < 24 * 60:
            raise Invalid("manner.quiet", _("Choose a time of the day."), field=name)
    if (row.quiet_until - row.quiet_from) % (24 * 60) > MOST_QUIET:
        raise Invalid(
            "manner.quiet_long", _("Quiet hours of at most 14 hours."), field="quiet_until"
        )


def _plan_anew(person: User) -> None:
    """What waits for a person, and was not tried, goes as they want it now."""
    waiting = Letter.objects.filter(item__person=person, attempts=0, sent_at=None)
    waiting = waiting.filter(set_aside_at=None, dropped_at=None)
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    planned = list(locked.values_list("pk", "item_id"))
    Letter.objects.filter(pk__in=[pk for pk, _item in planned]).delete()
    items = Item.objects.filter(pk__in={item for _pk, item in planned}, read_at=None)
    there = set(Letter.objects.filter(item__in=items).values_list("item_id", "channel", "ref"))
    found = letters_for(list(items.select_related("person").order_by("pk")))
    Letter.objects.bulk_create(
        [one for one in found if (one.item_id, one.channel, one.ref) not in there]
    )


def owe_groups(case_uid: UUID, *, fact: str, event_id: int, at: datetime) -> None:
    """Owe one parcel to each robot that tells this of the case; a second call does nothing."""
    what = TOLD_AFTER[fact]
    telling = robots.telling(what)
    if not telling:
        return
    case = Case.objects.only("pk", "street_id", "category_id", "restricted").get(uid=case_uid)
    if case.restricted:
        return
    Parcel.objects.bulk_create(
        [
            Parcel(robot_id=one.id, what=what, case=case, event_id=event_id, at=at, due_at=at)
            for one in telling
            if one.is_for(street_id=case.street_id, category_id=case.category_id)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
@robots.changing()
def set_robot(robot: Robot | None, given: dict[str, Any], *, by: User) -> Robot:
    """Add a group robot, or change one: its name, whose cases it tells, what, and its address.

    `given` may hold FIELDS and `address`: the webhook as WeCom shows it, or its key alone. Left
    empty, the one that is known stays. Raises Invalid, NotAllowed.
    """
    access.require(by, MANAGE, unit_id=people.office().id)
    new = robot is None
    robot = Robot(uid=uuid.uuid4(), tells=list(AT_FIRST)) if robot is None else _locked(robot)
    before = {} if new else {name: getattr(robot, name) for name in FIELDS}
    for name in FIELDS:
        if name in given:
            setattr(robot, name, given[name])
    robot.name = clean(robot.name)
    _check(robot)
    address = str(given.get("address") or "").strip()
    if address:
        robot.sealed_key = seal(_key_of(address))
        # Whatever the old one was refused for is over.
        robot.paused_until, robot.failures = None, 0
    elif new:
        raise Invalid("robot.no_address", _("Paste the address of the robot."), field="address")
    robot.save()
    after = {name: getattr(robot, name) for name in FIELDS}
    changed = {name for name in FIELDS if before.get(name) != after[name]}
    if changed or address:
        fact = RobotSet(
            before={name: before[name] for name in sorted(changed & set(before))},
            after={name: after[name] for name in sorted(changed)}, key_changed=bool(address),
        )  # fmt: skip
        record(fact, subject=robot, actor=by.actor)
    return robot


@transaction.atomic
@robots.changing()
def switch_robot(robot: Robot, *, by: User) -> Robot:
    """Take a robot out of use, or bring it back. What it still owed is not told later."""
    access.require(by, MANAGE, unit_id=people.office().id)
    robot = _locked(robot)
    now = clock.now()
    if robot.retired_at is None:
        robot.retired_at = now
        waiting = Parcel.objects.filter(robot=robot, sent_at=None, set_aside_at=None)
        waiting.update(set_aside_at=now, error="retired")
    else:
        robot.retired_at = None
        _check(robot)
    robot.save(update_fields=["retired_at"])
    fact = RobotRetired() if robot.retired_at else RobotRestored()
    record(fact, subject=robot, actor=by.actor)
    return robot


@transaction.atomic
def take_back(event_id: int, *, by: User) -> None:
    """Undo what this fact tells of a robot, where nothing newer stands in the way."""
    access.require(by, MANAGE, unit_id=people.office().id)
    event = Event.objects.filter(pk=event_id, subject_kind=Robot._meta.label_lower).first()
    if event is None or not history.can_take_back(event) or event.name == ParcelResent.name:
        raise NotFound("robot.no_such_change", _("There is nothing to take back here."))
    robot = Robot.objects.select_for_update().get(uid=event.subject_uid)
    later = Event.objects.filter(subject_uid=event.subject_uid, subject_kind=event.subject_kind)
    if event.pk not in history.newest(later.order_by("-id")):
        raise Refusal(
            "robot.newer", _("This was changed again since. Take back the newer change first.")
        )
    if event.name == RobotSet.name and event.payload["before"]:
        set_robot(robot, event.payload["before"], by=by)
    else:
        switch_robot(robot, by=by)


@transaction.atomic
def try_robot(robot: Robot, *, by: User) -> Parcel:
    """Let a robot say that it works."""
    access.require(by, MANAGE, unit_id=people.office().id)
    robot = _locked(robot)
    if robot.retired_at is not None:
        raise Refusal("robot.retired", _("This robot is no longer in use."))
    waiting = robot.parcels.filter(what=What.TRIED, sent_at=None, set_aside_at=None)
    if waiting.exists():
        raise Refusal("robot.tried_already", _("A trial message is under way."))
    now = clock.now()
    return Parcel.objects.create(robot=robot, what=What.TRIED, at=now, due_at=now)


def _locked(robot: Robot) -> Robot:
    return Robot.objects.select_for_update().get(pk=robot.pk)


def _check(robot: Robot) -> None:
    if not robot.name:
        raise Invalid("robot.no_name", _("Give the robot a name."), field="name")
    same = Robot.objects.filter(name=robot.name, retired_at=None).exclude(pk=robot.pk)
    if same.exists():
        raise Invalid("robot.name_taken", _("Another robot has this name."), field="name")
    known = set(What.values) - {What.TRIED.value}
    if not robot.tells or not set(robot.tells) <= known:
        raise Invalid("robot.tells_nothing", _("Choose what it tells."), field="tells")
    if robot.form not in Form.values:
        raise Invalid("robot.form_unknown", _("Choose a form."), field="form")
    if robot.street_id is not None and not Area.objects.filter(pk=robot.street_id).exists():
        raise Invalid("robot.street_unknown", _("Choose a street."), field="street_id")
    if robot.category_id is not None and not Category.objects.filter(pk=robot.category_id).exists():
        raise Invalid("robot.kind_unknown", _("Choose a category."), field="category_id")


def _key_of(address: str) -> str:
    """The key in a webhook's address, or the key itself. Nothing but WeCom is ever spoken to."""
    wrong = Invalid(
        "robot.address_wrong",
        _("This is no address of a WeCom group robot. In the group's settings, open the robot and copy the address under “Webhook”."),
        field="address",
    )  # fmt: skip
    key = address
    if "://" in address:
        try:
            parts, ours = urlsplit(address), urlsplit(settings.GULOU.wecom_url)
        except ValueError:
            raise wrong from None
        if (parts.scheme, parts.netloc, parts.path) != (ours.scheme, ours.netloc, wecom.PATH):
            raise wrong
        key = next(iter(parse_qs(parts.query).get("key", [])), "")
    if not wecom.KEY.fullmatch(key):
        raise wrong
    return key
