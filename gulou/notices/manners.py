"""How people are told: what each has chosen, else what the office has set, else what ships."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from gulou.kit.compiled import Compiled
from gulou.outbox.kept import Kept
from gulou.people.models import User

from .channels import CHANNELS, Channel, open_channels
from .kinds import KINDS, Kind
from .models import Manner, OfficeWishes, Wishes
from .quiet import Hours
from .states import When

Choices = Mapping[str, Mapping[str, str]]
Chosen = Callable[[Kind, Channel], str]

HOURS = ("quiet_from", "quiet_until", "quiet_days_off",
         "digest_hour", "digest_weekday", "digest_skips_days_off")  # fmt: skip
URGENT = ("urged",)
"""What breaks quiet hours while the office has named nothing."""


@dataclass(frozen=True)
class Rhythm:
    """When somebody is left alone, and when their digests come."""

    quiet: Hours = field(default_factory=Hours)
    digest_hour: int = 8
    digest_weekday: int = 0
    digest_skips_days_off: bool = True


@dataclass(frozen=True)
class Office:
    """What the office has set for everybody."""

    by_kind: Choices = field(default_factory=dict)
    rhythm: Rhythm = field(default_factory=Rhythm)
    duty_channels: Sequence[str] = ()
    urgent: Collection[str] = URGENT


@dataclass(frozen=True)
class Mine:
    """How one person is told."""

    by_kind: Choices
    rhythm: Rhythm

    def when(self, kind: Kind, channel: Channel) -> When:
        """How soon this channel tells of this kind. A duty is told at once, or not by it."""
        return _when(kind, channel, self.by_kind, office().by_kind)


def _when(kind: Kind, channel: Channel, *chosen: Choices) -> When:
    found = next((one for all_of in chosen if (one := all_of.get(kind.code, {}).get(channel.name))),
                 shipped(kind, channel))  # fmt: skip
    when = When(found) if found in When.values else When.NOW
    if when in (When.DAY, When.WEEK) and (kind.duty or not channel.digests):
        return When.NOW
    return when


def shipped(kind: Kind, channel: Channel) -> When:
    """What holds where nobody has chosen. Of work for a unit its mailbox is told."""
    return When.NOW if channel.by_default and kind.code != "work" else When.NEVER


def office_when(kind: Kind, channel: Channel) -> When:
    """How soon a channel tells of a kind where a person has chosen nothing."""
    return _when(kind, channel, office().by_kind)


def duty_channels() -> list[Channel]:
    """By which channels a duty is told at once, the first choice first: those that the office has
    named and set up, else every one, in the order of the table."""
    named = [CHANNELS[name] for name in office().duty_channels if name in CHANNELS]
    return [one for one in named if one.is_open()] or open_channels()


def manners_of(persons: Collection[User]) -> dict[int, Mine]:
    """How each of these people is told."""
    rows = _wishes([one.pk for one in persons])
    found = {one.pk: Mine(one.by_kind, _rhythm(one)) for one in rows}
    plain = Mine({}, office().rhythm)
    return {one.pk: found.get(one.pk, plain) for one in persons}


@Compiled
def _wishes(person_ids: list[int]) -> QuerySet[Wishes]:
    return Wishes.objects.filter(person_id__any=person_ids)


def has_own(person: User) -> bool:
    """Whether the person has chosen anything themselves."""
    return Wishes.objects.filter(pk=person.pk).exists()


def _rhythm(row: Manner) -> Rhythm:
    quiet = Hours(row.quiet_from, row.quiet_until, row.quiet_days_off)
    return Rhythm(quiet, row.digest_hour, row.digest_weekday, row.digest_skips_days_off)


def _read() -> Office:
    row = OfficeWishes.objects.order_by("pk").first()
    if row is None:
        return Office()
    return Office(row.by_kind, _rhythm(row), tuple(row.duty_channels), frozenset(row.urgent))


_kept = Kept("notices.office", _read)
changing = _kept.changing


def office() -> Office:
    """What the office has set. Free."""
    return _kept.now()


def clean_choices(given: Choices) -> dict[str, dict[str, str]]:
    """What of these choices there is: known kinds, channels and times."""
    return {
        kind: {
            name: when for name, when in some.items() if name in CHANNELS and when in When.values
        }
        for kind, some in given.items()
        if kind in KINDS
    }


def flat(by_kind: Choices) -> list[str]:
    """Choices as a fact holds them."""
    return [
        f"{kind} {name} {when}" for kind, some in by_kind.items() for name, when in some.items()
    ]


def unflat(told: Collection[str]) -> dict[str, dict[str, str]]:
    """Choices as they are kept, from a fact."""
    found: dict[str, dict[str, str]] = {}
    for kind, name, when in (one.split(" ") for one in told):
        found.setdefault(kind, {})[name] = when
    return found
