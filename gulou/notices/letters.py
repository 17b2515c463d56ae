"""Sending what people are to be told: each channel by itself, each provider's line by itself.

A letter is claimed by a lease; no lock is held while a provider answers. A provider that does not
answer is left alone for longer each time, and holds up no other; letters wait for it meanwhile.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.utils import InterfaceError, OperationalError
from django.utils.translation import override

from gulou.kit import clock
from gulou.outbox.deliver import MAX_ATTEMPTS, pause_after

from . import titles
from .channels import CHANNELS, Channel
from .inbox import no_longer_seen
from .kinds import kind_of
from .models import Item, Letter, Line
from .planning import letters_for, not_before
from .post import Gone, Note, Recipient, Refused, Slower, Unanswered

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MINUTE = timedelta(seconds=60)
STALE = timedelta(days=3)
"""What could not be sent for so long since it was due is not sent any more: the inbox has it."""
MOST_IN_DIGEST = 500
_LONGEST_PAUSE = timedelta(hours=1)


def send_next(channel: Channel) -> bool:
    """Send one message by this channel. False when none is owed, or can be sent now."""
    letters = _claim(channel) if channel.is_open() else []
    if not letters:
        return False
    try:
        if _is_quiet(letters[0]):
            return True
        unseen = no_longer_seen(letters[0].item.person, [one.item for one in letters])
        wanted = [one for one in letters if _still_wanted(one, hidden=one.item_id in unseen)]
        if wanted:
            _send(channel, wanted)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  a channel may fail in any way; the others live on
        logger.error("letter %s by %s: %s", letters[0].pk, channel.name, type(error).__qualname__)
        _failed(letters, "broken", for_good=False)
    return True


def send_all(limit: int = 10_000) -> int:
    """Send everything that is owed now, by every channel; the number of messages tried."""
    done = 0
    while done < limit and any([send_next(one) for one in CHANNELS.values()]):
        done += 1
    return done


def owed(channel: Channel, now: datetime) -> QuerySet[Letter]:
    """What is to be sent now by a channel."""
    open_ = Letter.objects.filter(sent_at=None, set_aside_at=None, dropped_at=None)
    return open_.filter(channel=channel.name, due_at__lte=now)


@transaction.atomic
def _claim(channel: Channel) -> list[Letter]:
    """The next letter; where it is one of a digest, all those that go out with it."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    lines = Line.objects.filter(channel=channel.name, name=OuterRef("line"))
    waiting = owed(channel, now).filter(free, ~Exists(lines.filter(paused_until__gt=now)))
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    letters = list(locked.order_by("due_at", "id")[:1])
    if letters and letters[0].digest:
        letters = _together(letters[0], locked)
    if not letters or (channel.per_minute and not _may_go(channel, letters[0].line, now)):
        return []
    for one in letters:
        one.leased_until, one.attempts = now + LEASE, one.attempts + 1
    Letter.objects.bulk_update(letters, ["leased_until", "attempts", "batch"])
    items = Item.objects.select_related("person", "case", "by", "unit")
    found = items.in_bulk([one.item_id for one in letters])
    for one in letters:
        one.item = found[one.item_id]
    return letters


def _together(first: Letter, owed: QuerySet[Letter]) -> list[Letter]:
    """The letters of one digest. What belongs to it is kept from its first try on: tried again, it is
    the same one, whatever was read or came up meanwhile."""
    theirs = owed.filter(digest=True, item__person_id=first.item.person_id, ref=first.ref)
    letters = list(theirs.filter(batch=first.batch).order_by("item_id")[:MOST_IN_DIGEST])
    batch = first.batch or uuid.uuid4()
    for one in letters:
        one.batch = batch
    return letters


def _may_go(channel: Channel, name: str, now: datetime) -> bool:
    """Note one more call, where the last minute has room for it; else wait until it has."""
    line = _line(channel.name, name)
    calls = [at for at in line.calls if at > now - MINUTE]
    may = len(calls) < channel.per_minute
    if may:
        calls.append(now)
    else:
        line.paused_until = min(calls) + MINUTE
    line.calls = calls
    line.save(update_fields=["calls", "paused_until"])
    return may


def _line(channel: str, name: str) -> Line:
    """The line, locked."""
    Line.objects.bulk_create([Line(channel=channel, name=name)], ignore_conflicts=True)
    return Line.objects.select_for_update().get(channel=channel, name=name)


def _is_quiet(letter: Letter) -> bool:
    """Whether the person is to be left alone by now; then it waits, and was not tried."""
    person, now = letter.item.person, clock.now()
    if person is None or letter.digest:
        return False
    morning = not_before(letter.item, person, now)
    if morning > now:
        _mine(letter).update(due_at=morning, attempts=F("attempts") - 1, leased_until=None)
    return morning > now


def _still_wanted(letter: Letter, *, hidden: bool) -> bool:
    """Whether it is to be sent; if not, it is let go, with the reason. `hidden`: its case is not for
    this person."""
    item, now = letter.item, clock.now()
    reason = ""
    if item.read_at is not None:
        reason = "read"
    elif item.person is not None and not item.person.is_active:
        reason = "left"
    elif hidden:
        reason = "restricted" if item.case is not None and item.case.restricted else "hidden"
    elif letter.attempts == 1 and letter.due_at < now - STALE:
        reason = "stale"
    if reason:
        _mine(letter).update(dropped_at=now, error=reason, leased_until=None)
    return not reason


def _send(channel: Channel, letters: list[Letter]) -> None:
    first, item = letters[0], letters[0].item
    language = item.person.language if item.person else ""
    to = Recipient(item.person, item.unit_id, first.ref)
    # The same each time it is tried, also when some of a digest were read meanwhile.
    of = f"digest:{first.batch}" if first.digest else item.key
    key = f"{of}:{item.person_id or item.unit_id}:{channel.name}:{first.ref}"
    try:
        with override(language or settings.LANGUAGE_CODE):
            channel.send(to, _note(letters, key))
    except Gone as gone:
        _go_another_way(letters, gone.code)
    except Refused as refused:
        _failed(letters, refused.code, for_good=not refused.later)
    except Slower as slower:
        Letter.objects.filter(pk__in=[one.pk for one in letters]).update(
            leased_until=None, attempts=first.attempts - 1
        )
        _pause(channel, first.line, timedelta(seconds=slower.seconds))
    except Unanswered as unanswered:
        with transaction.atomic():
            _failed(letters, unanswered.code, for_good=False)
            line = _line(channel.name, first.line)
            line.failures += 1
            line.paused_until = clock.now() + min(pause_after(line.failures), _LONGEST_PAUSE)
            line.save(update_fields=["failures", "paused_until"])
    else:
        Letter.objects.filter(pk__in=[one.pk for one in letters]).update(
            sent_at=clock.now(), error="", leased_until=None
        )
        Line.objects.filter(channel=channel.name, name=first.line, failures__gt=0).update(
            failures=0, paused_until=None
        )


@transaction.atomic
def _go_another_way(letters: list[Letter], code: str) -> None:
    """Let these go; a duty that nothing else tells is told by what is left."""
    for one in letters:
        _mine(one).update(dropped_at=clock.now(), error=code, leased_until=None)
        _tell_otherwise(one.item)


def _tell_otherwise(item: Item) -> None:
    """Owe a duty that nothing tells any more by the ways that were not tried."""
    if item.person is None or item.read_at is not None or not kind_of(item.what).duty:
        return
    if Letter.objects.filter(item=item, dropped_at=None, set_aside_at=None).exists():
        return
    tried = set(item.letters.values_list("channel", "ref"))
    Letter.objects.bulk_create(letters_for([item], but=tried))


def leave_closed() -> int:
    """Let go of what waits for a channel that the office has closed; a duty goes another way. How
    many."""
    closed = [name for name, one in CHANNELS.items() if not one.is_open()]
    waiting = Letter.objects.filter(sent_at=None, set_aside_at=None, dropped_at=None)
    free = waiting.filter(Q(leased_until=None) | Q(leased_until__lte=clock.now()))
    of_them = free.filter(channel__in=closed).select_related("item__person").order_by("id")
    found = list(of_them[:MOST_IN_DIGEST]) if closed else []
    _go_another_way(found, "closed")
    return len(found)


def _note(letters: list[Letter], key: str) -> Note:
    items = [one.item for one in letters]
    if letters[0].digest:
        return titles.digest(items, key)
    return titles.note(items[0], key)


def _pause(channel: Channel, name: str, how_long: timedelta) -> None:
    with transaction.atomic():
        line = _line(channel.name, name)
        line.paused_until = clock.now() + how_long
        line.save(update_fields=["paused_until"])


@transaction.atomic
def _failed(letters: list[Letter], code: str, *, for_good: bool) -> None:
    """Try these again later, or set them aside; then a duty goes another way."""
    now = clock.now()
    for one in letters:
        if for_good or one.attempts >= MAX_ATTEMPTS:
            _mine(one).update(set_aside_at=now, error=code, leased_until=None)
            _tell_otherwise(one.item)
        else:
            again = now + min(pause_after(one.attempts), _LONGEST_PAUSE)
            _mine(one).update(due_at=again, error=code, leased_until=None)


def _mine(letter: Letter) -> QuerySet[Letter]:
    """The letter, as long as nobody else has ended it."""
    return Letter.objects.filter(pk=letter.pk, sent_at=None, set_aside_at=None, dropped_at=None)
