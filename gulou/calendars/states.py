"""Vocabulary of calendars: days that differ, and working times as people write them. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid
from gulou.kit.worktime import Season

MANAGE = "calendars.manage"
"""The verb that lets a posting at the district office change calendars."""
MOST_NAME = 40


class Source(TextChoices):
    """Who says which days of a year differ."""

    PUBLISHED = "published", _("Announced by the State Council")
    OFFICE = "office", _("Entered by the office")


@dataclass(frozen=True, order=True)
class Day:
    """A day that differs from the week: a holiday, or a day that makes up for one."""

    day: date
    works: bool
    name: str = ""

    def packed(self) -> list[str | bool]:
        """As it is kept."""
        return [self.day.isoformat(), self.works, self.name]


def unpacked(kept: Iterable[Sequence[str | bool]]) -> tuple[Day, ...]:
    """As they were kept."""
    return tuple(Day(date.fromisoformat(str(d)), bool(w), str(n)) for d, w, n in kept)


_LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})\s+(\S+)\s*(.*)")
_RESTS, _WORKS = frozenset({"休", "假", "rest", "off"}), frozenset({"班", "work", "on"})


def days_as_text(days: Iterable[Day]) -> str:
    """One line for each day: 2026-02-17 休 春节."""
    return "\n".join(f"{d.day} {'班' if d.works else '休'} {d.name}".rstrip() for d in days)


def days_from_text(text: str, *, year: int) -> list[Day]:
    """What the lines say. Raises Invalid on the field `days`, with the line."""
    found: dict[date, Day] = {}
    for number, line in _lines(text):
        parts = _LINE.fullmatch(line)
        word = parts[2].casefold() if parts else ""
        if parts is None or word not in _RESTS | _WORKS:
            words = _("Line %(n)s: write the day, 休 or 班, and a name, like 2026-02-17 休 春节.")
            raise Invalid("calendar.day", words % {"n": number}, field="days")
        try:
            day = date(*map(int, parts[1].split("-")))
        except ValueError as error:
            words = _("Line %(n)s: there is no such day.")
            raise Invalid("calendar.day", words % {"n": number}, field="days") from error
        if day.year != year:
            words = _("Line %(n)s: this day is in another year.")
            raise Invalid("calendar.day", words % {"n": number}, field="days")
        if day in found:
            words = _("Line %(n)s: this day stands there twice.")
            raise Invalid("calendar.day", words % {"n": number}, field="days")
        found[day] = Day(day, word in _WORKS, parts[3][:MOST_NAME])
    return sorted(found.values())


_SEASON = re.compile(r"(\d{1,2})-(\d{1,2})((?:\s+\d{1,2}:\d{2}-\d{1,2}:\d{2})+)")


def seasons_as_text(seasons: Iterable[Season]) -> str:
    """One line for each season: 01-01 08:00-12:00 14:00-18:00."""
    return "\n".join(
        f"{one.month:02}-{one.day:02} " + " ".join(f"{_hour(a)}-{_hour(b)}" for a, b in one.spans)
        for one in seasons
    )


def seasons_from_text(text: str) -> list[Season]:
    """What the lines say. Raises Invalid on the field `seasons`, with the line."""
    found: dict[tuple[int, int], Season] = {}
    for number, line in _lines(text):
        parts = _SEASON.fullmatch(line)
        if parts is None:
            words = _("Line %(n)s: write the first day and the hours, like 05-01 08:00-12:00 15:00-18:00.")  # fmt: skip
            raise Invalid("calendar.season", words % {"n": number}, field="seasons")
        month, day = int(parts[1]), int(parts[2])
        spans = tuple(
            (_minute(begins), _minute(ends))
            for begins, ends in (span.split("-") for span in parts[3].split())
        )
        last = 0
        for begins, ends in spans:
            if not last <= begins < ends <= 24 * 60:
                words = _("Line %(n)s: these hours do not follow one another.")
                raise Invalid("calendar.season", words % {"n": number}, field="seasons")
            last = ends
        if not _is_day(month, day):
            words = _("Line %(n)s: there is no such day.")
            raise Invalid("calendar.season", words % {"n": number}, field="seasons")
        found[month, day] = Season(month, day, spans)
    if not found:
        raise Invalid("calendar.season", _("Write at least one line."), field="seasons")
    return [found[key] for key in sorted(found)]


def _is_day(month: int, day: int) -> bool:
    try:
        date(2024, month, day)
    except ValueError:
        return False
    return True


def _minute(hour: str) -> int:
    hours, minutes = map(int, hour.split(":"))
    return hours * 60 + minutes if minutes < 60 else 9999


def _hour(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _lines(text: str) -> list[tuple[int, str]]:
    """Each line that says something, with its number; as typed on a Chinese keyboard too."""
    plain = text.replace("：", ":").replace("—", "-").replace("–", "-").replace("　", " ")
    return [(n, line.strip()) for n, line in enumerate(plain.splitlines(), 1) if line.strip()]
