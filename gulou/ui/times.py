"""Instants and spans in words: relative up to a day, then dates. Pure but for the time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy

DAY = timedelta(days=1)
SOON = timedelta(hours=2)


@dataclass(frozen=True)
class TimeLeft:
    """How long until something is due. `tone` is "", "soon" or "late"."""

    words: str
    tone: str
    due: datetime


def moment(instant: datetime) -> str:
    """2026-11-23 14:05, in the office's time zone."""
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M")


def day(instant: datetime, *, now: datetime) -> str:
    """11月23日 or 23 Nov; with the year where it is another one."""
    return _day(timezone.localtime(instant), timezone.localtime(now))


def _day(local: datetime, here: datetime) -> str:
    if local.year != here.year:
        return local.strftime("%Y-%m-%d")
    return gettext("%(day)d %(month)s") % {"day": local.day, "month": _MONTHS[local.month - 1]}


def day_and_hour(instant: datetime, *, now: datetime) -> str:
    """14:05 today, else 11月23日 14:05."""
    local, here = timezone.localtime(instant), timezone.localtime(now)
    hour = local.strftime("%H:%M")
    return hour if local.date() == here.date() else f"{_day(local, here)} {hour}"


def span(length: timedelta) -> str:
    """3 小时 20 分, 20 分, 2 天: never more than two units."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes >= 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(n)d min") % {"n": rest}
    if not rest:
        return gettext("%(n)d h") % {"n": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def ago(instant: datetime, *, now: datetime) -> str:
    """刚刚, 5 分钟前, 3 小时前; from a day on the date."""
    past = now - instant
    if past < timedelta(minutes=1):
        return gettext("just now") if past > -DAY else day(instant, now=now)
    if past >= DAY:
        return day(instant, now=now)
    if past < timedelta(hours=1):
        return gettext("%(n)d min ago") % {"n": past.seconds // 60}
    return gettext("%(n)d h ago") % {"n": past.seconds // 3600}


def left(due: datetime, *, now: datetime) -> TimeLeft:
    """还剩 3 小时 20 分, 11月25日 17:00 前, 已超时 40 分."""
    rest = due - now
    if rest <= timedelta(0):
        return TimeLeft(gettext("late by %(span)s") % {"span": span(-rest)}, "late", due)
    if rest < DAY:
        tone = "soon" if rest < SOON else ""
        return TimeLeft(gettext("%(span)s left") % {"span": span(rest)}, tone, due)
    return TimeLeft(gettext("by %(time)s") % {"time": day_and_hour(due, now=now)}, "", due)


_MONTHS = (
    pgettext_lazy("month", "Jan"), pgettext_lazy("month", "Feb"), pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"), pgettext_lazy("month", "May"), pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"), pgettext_lazy("month", "Aug"), pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"), pgettext_lazy("month", "Nov"), pgettext_lazy("month", "Dec"),
)  # fmt: skip
