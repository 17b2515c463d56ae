"""The days that findings are about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import Invalid

MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class Period:
    """From a day to a day where the office is, both included. Raises Invalid where there is none."""

    since: date
    until: date

    def __post_init__(self) -> None:
        within = 2000 <= self.since.year <= self.until.year <= 2100
        if not within or self.since > self.until or self.days > MOST_DAYS:
            raise Invalid(
                "insight.period", _("Choose up to three years, the first day first."), field="since"
            )

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.until - self.since).days + 1

    @property
    def days_gone(self) -> int:
        """How many of them have begun."""
        today = timezone.localdate(clock.now())
        return max(0, (min(self.until, today) - self.since).days + 1)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first instant up to the first after it."""
        return _begin(self.since), _begin(self.until + timedelta(days=1))

    @staticmethod
    def last(days: int) -> "Period":
        """So many days up to today."""
        today = timezone.localdate(clock.now())
        return Period(today - timedelta(days=days - 1), today)

    @staticmethod
    def quarter(back: int = 0) -> "Period":
        """The quarter that today is in, or one before it; of the present one what has gone by."""
        today = timezone.localdate(clock.now())
        number = today.year * 4 + (today.month - 1) // 3 - back
        first, then = (date(n // 4, n % 4 * 3 + 1, 1) for n in (number, number + 1))
        return Period(first, min(then - timedelta(days=1), today))


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
