"""Calendars: years in which only weekends are free, whenever a test is run."""

from datetime import UTC, datetime

from gulou.calendars.models import Year
from gulou.kit import clock


def know_years() -> None:
    """Let every year that a test may touch be known, with no public holiday in it."""
    years = range(2000, clock.now().year + 6)
    Year.objects.bulk_create(
        [Year(year=y, source="office", changed_at=datetime(2020, 1, 1, tzinfo=UTC)) for y in years],
        ignore_conflicts=True,
    )
