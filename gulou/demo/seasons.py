"""The made-up calendar: which days are free, which weather comes, and how much is reported."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# Month and day of the first free day, and how many follow it.
_FIXED = ((1, 1, 1), (4, 4, 3), (5, 1, 5), (10, 1, 7))
# Spring Festival's eve, Dragon Boat, Mid-Autumn: they follow the moon.
_LUNAR = (
    (date(2026, 2, 16), 8), (date(2026, 6, 19), 3), (date(2026, 9, 25), 3),
    (date(2027, 2, 5), 8), (date(2027, 6, 9), 1), (date(2027, 9, 15), 1),
    (date(2028, 1, 25), 8), (date(2028, 5, 28), 1), (date(2029, 2, 12), 8),
    (date(2029, 6, 16), 1), (date(2029, 9, 22), 1), (date(2030, 2, 2), 8),
    (date(2030, 6, 5), 1), (date(2030, 9, 12), 1),
)  # fmt: skip
_TYPHOON_MONTHS, _LEAF_MONTHS = {7, 8, 9, 10}, {3, 4, 11, 12}
MORNING, EVENING = time(8), time(18)


@dataclass(frozen=True)
class Day:
    """What a day is like. `brings` holds the words that sights wait for."""

    on: date
    free: bool
    holiday: bool
    brings: frozenset[str]

    @property
    def weight(self) -> float:
        """How much is reported, compared with an ordinary Tuesday."""
        if "typhoon" in self.brings or "after_typhoon" in self.brings:
            return 2.0
        if self.holiday:
            return 0.9
        eve = 1.35 if "eve" in self.brings else 1.0
        return eve * (0.75 if self.free else 1.15 if self.on.weekday() == 0 else 1.0)


@lru_cache(maxsize=400)
def is_holiday(on: date) -> bool:
    """A public holiday: offices rest, but for those on duty."""
    fixed = any(
        timedelta(0) <= on - date(on.year, month, day) < timedelta(days=days)
        for month, day, days in _FIXED
    )
    return fixed or any(timedelta(0) <= on - day < timedelta(days=n) for day, n in _LUNAR)


@lru_cache(maxsize=400)
def day(on: date) -> Day:
    """A day as it always is: the same date has the same weather."""
    holiday = is_holiday(on)
    brings = set(_weather(on))
    if holiday:
        brings.add("holiday")
    elif any(is_holiday(on + timedelta(days=n)) for n in (1, 2, 3)):
        brings.add("eve")
    if on.month in _LEAF_MONTHS:
        brings.add("leaves")
    return Day(on, holiday or on.weekday() >= 5, holiday, frozenset(brings))


def _weather(on: date) -> set[str]:
    today, before = _sky(on), _sky(on - timedelta(days=1))
    told = {today}
    if before in ("rain", "typhoon"):
        told.add("after_rain")
    if "typhoon" in (before, _sky(on - timedelta(days=2))) and today != "typhoon":
        told.add("after_typhoon")
    return told


def _sky(on: date) -> str:
    """Dry, rain or typhoon: about one typhoon in a month of their season, two days long."""
    if on.month in _TYPHOON_MONTHS:
        lands = 5 + Random(on.year * 100 + on.month).randrange(22)  # noqa: S311  weather
        if on.day in (lands, lands + 1):
            return "typhoon"
    wet = 0.34 if on.month in (3, 4, 5, 6) else 0.2
    return "rain" if Random(on.toordinal()).random() < wet else "dry"  # noqa: S311  weather


def working(at: datetime, rng: Random) -> datetime:
    """The instant, or the next one at which offices work: never at noon, at night or on free days."""
    at = at.astimezone(ZONE)
    if at.time() >= EVENING:
        at = _morning(at + timedelta(days=1), rng)
    elif at.time() < MORNING:
        at = _morning(at, rng)
    elif 12 <= at.hour < 14:
        at = at.replace(hour=14, minute=rng.randrange(3, 25))
    while day(at.date()).free:
        at = _morning(at + timedelta(days=1), rng)
    return at


def on_duty(at: datetime, rng: Random) -> datetime:
    """The instant, or the next one at which the desk is staffed: from seven to ten, every day."""
    at = at.astimezone(ZONE)
    if at.hour >= 22:
        at += timedelta(days=1)
    if at.hour >= 22 or at.hour < 7:
        at = at.replace(hour=7, minute=rng.randrange(2, 40))
    return at


def _morning(at: datetime, rng: Random) -> datetime:
    return at.replace(hour=8, minute=rng.randrange(8, 55), second=rng.randrange(60))
