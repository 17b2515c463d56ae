"""Letting group robots speak: one queue per robot, twenty messages a minute, several merged into one.

A robot is claimed by a lease; no lock is held while WeCom answers. What fails is tried again later,
and the robot is left alone meanwhile, so that one that does not answer holds up no other.
"""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.utils import InterfaceError, OperationalError
from django.utils.translation import override

from gulou.cases import queries as cases
from gulou.cases.queries import Poster
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.outgoing import Unanswered
from gulou.kit.sealing import unseal
from gulou.outbox.deliver import MAX_ATTEMPTS, pause_after
from gulou.photos.queries import open_public_rendition

from . import wecom, words
from .models import Parcel, Robot
from .states import What

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MINUTE = timedelta(seconds=61)
MERGE_ABOVE = 3
"""Up to so many are told one by one."""
MOST_AT_ONCE = 60
MOST_PICTURES = 9
PHOTO_PATIENCE = timedelta(minutes=3)
"""How long a new case waits until its picture was looked at for faces and plates."""
_LOOK_AGAIN = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=1)


def send_next() -> bool:
    """Let one robot that owes something say one thing. False when none does."""
    robot = _claim()
    if robot is None:
        return False
    mine = Robot.objects.filter(pk=robot.pk, leased_until=robot.leased_until)
    try:
        with override(settings.LANGUAGE_CODE):
            _turn(robot)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  a picture may be broken in any way; the queue lives on
        logger.error("robot %s: %s", robot.pk, type(error).__qualname__)
        first = owed(clock.now()).filter(robot=robot).order_by("id")[:1]
        _failed(robot, list(first), "broken", for_good=False)
    finally:
        mine.update(leased_until=None)
    return True


def owed(now: datetime) -> QuerySet[Parcel]:
    """What is to be told now."""
    return Parcel.objects.filter(sent_at=None, set_aside_at=None, due_at__lte=now)


@transaction.atomic
def _claim() -> Robot | None:
    now = clock.now()
    free = Robot.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=now),
        Q(leased_until=None) | Q(leased_until__lte=now),
        Exists(owed(now).filter(robot=OuterRef("pk"))),
    )
    # Who spoke longest ago goes first.
    line = free.order_by(F("turned_at").asc(nulls_first=True), "pk")
    robot = line.select_for_update(skip_locked=True).first()
    if robot is not None:
        robot.leased_until, robot.turned_at = now + LEASE, now
        robot.save(update_fields=["leased_until", "turned_at"])
    return robot


def _turn(robot: Robot) -> None:
    now = clock.now()
    parcels = list(owed(now).filter(robot=robot).order_by("id")[:MOST_AT_ONCE])
    if robot.retired_at is not None:
        return _set_aside(parcels, "retired")
    # What has begun is ended first: its words are there, its picture is not.
    begun = [one for one in parcels if one.parts]
    if begun:
        parcels = [one for one in begun if one.batch == begun[0].batch]
        return _speak(robot, parcels, _pictured(robot, parcels))
    if trials := [one for one in parcels if one.what == What.TRIED]:
        return _speak(robot, trials, [words.trial(robot.name)])
    told = [(one, poster) for one in parcels if (poster := _poster(one)) is not None]
    if robot.with_photo:
        told = [(one, poster) for one, poster in told if not _waits_for_photo(one, poster)]
    if not told:
        return None
    if len(told) <= MERGE_ABOVE:
        told = told[:1]
        message = words.single(told[0][0].what, told[0][1], robot.form)
    else:
        message, count = words.several([(one.what, p) for one, p in told], robot.form)
        told = told[:count]
    batch = uuid.uuid4()
    parcels = [one for one, _poster in told]
    for one in parcels:
        one.batch = batch
    Parcel.objects.filter(pk__in=[one.pk for one in parcels]).update(batch=batch)
    return _speak(robot, parcels, [message, *_pictured(robot, parcels)])


def _poster(parcel: Parcel) -> Poster | None:
    """What may be told of its case; None (and set aside) where that is nothing any more."""
    assert parcel.case_id is not None  # noqa: S101  only trials have none
    poster = cases.poster_of(parcel.case_id)
    if poster.restricted or poster.merged:
        _set_aside([parcel], "restricted" if poster.restricted else "merged")
        return None
    return poster


def _waits_for_photo(parcel: Parcel, poster: Poster) -> bool:
    now = clock.now()
    cover = poster.cover
    if cover is None or cover.public_uid is not None or now > parcel.at + PHOTO_PATIENCE:
        return False
    Parcel.objects.filter(pk=parcel.pk).update(due_at=now + _LOOK_AGAIN)
    return True


def _pictured(robot: Robot, parcels: Sequence[Parcel]) -> list[wecom.Message]:
    """The picture that goes with it: of one case its own, of several a numbered sheet. Only copies
    with faces and plates covered; none where nobody has looked yet."""
    if not robot.with_photo:
        return []
    found: list[tuple[int, bytes]] = []
    for number, one in enumerate(parcels, start=1):
        poster = cases.poster_of(one.case_id) if one.case_id else None
        if poster is None or poster.cover is None or len(found) == MOST_PICTURES:
            continue
        if poster.restricted or poster.merged:  # since its words were said
            continue
        try:
            file, _mime = open_public_rendition(poster.cover, "page")
        except NotFound:
            continue
        with file:
            found.append((number, file.read()))
    if not found:
        return []
    return [wecom.picture(found[0][1] if len(parcels) == 1 else words.sheet(found))]


def _speak(robot: Robot, parcels: list[Parcel], messages: Sequence[wecom.Message]) -> None:
    """Say what was not said of it yet. A picture waits where the minute is full."""
    ids = [one.pk for one in parcels]
    todo = messages if not parcels[0].parts else messages[-1:]
    for message in todo:
        if not _may_speak(robot):
            return
        try:
            key = unseal(robot.sealed_key)
        except ValueError:
            return _set_aside(parcels, "sealed")
        try:
            wecom.send(key, message)
        except wecom.Refused as refused:
            return _failed(
                robot, parcels, f"wecom-{refused.code}", for_good=not refused.later,
                too_fast=refused.too_fast,
            )  # fmt: skip
        except Unanswered as unanswered:
            # An address that is not there any more is no matter of time.
            gone = unanswered.code in ("http-400", "http-401", "http-403", "http-404", "http-410")
            return _failed(robot, parcels, unanswered.code, for_good=gone)
        Parcel.objects.filter(pk__in=ids).update(parts=F("parts") + 1)
    Parcel.objects.filter(pk__in=ids).update(sent_at=clock.now(), error="")
    Robot.objects.filter(pk=robot.pk).update(failures=0)
    logger.info("robot %s: %d told", robot.pk, len(ids))


def _may_speak(robot: Robot) -> bool:
    """Count one more message in this minute; if it is full, leave the robot alone until it is not."""
    now = clock.now()
    calls = [at for at in robot.calls if at > now - MINUTE]
    if len(calls) >= wecom.PER_MINUTE:
        Robot.objects.filter(pk=robot.pk).update(paused_until=min(calls) + MINUTE)
        return False
    robot.calls = [*calls, now]
    Robot.objects.filter(pk=robot.pk).update(calls=robot.calls)
    return True


def _failed(
    robot: Robot, parcels: list[Parcel], code: str, *, for_good: bool, too_fast: bool = False
) -> None:
    """Note it, and leave the robot alone for a while. Being too fast is no failed attempt."""
    now = clock.now()
    logger.warning("robot %s: %s", robot.pk, code)
    found = Parcel.objects.filter(pk__in=[one.pk for one in parcels])
    if too_fast:
        found.update(error=code)
        Robot.objects.filter(pk=robot.pk).update(paused_until=now + MINUTE)
        return
    found.update(error=code, attempts=F("attempts") + 1)
    found.filter(attempts__gte=1 if for_good else MAX_ATTEMPTS).update(set_aside_at=now)
    pause = min(_LONGEST_PAUSE, pause_after(robot.failures + 1))
    Robot.objects.filter(pk=robot.pk).update(
        failures=min(robot.failures + 1, 100), paused_until=None if for_good else now + pause
    )


def _set_aside(parcels: Sequence[Parcel], code: str) -> None:
    Parcel.objects.filter(pk__in=[one.pk for one in parcels]).update(
        set_aside_at=clock.now(), error=code
    )
