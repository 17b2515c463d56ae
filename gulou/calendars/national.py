"""The years that the State Council has announced, as the package `holidays` knows them.

Importing that package takes seconds, so only what prepares the house does it. It estimates years
that are not announced: a year without a single made-up working day is one of these, and not taken.
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

from django.db import transaction

from gulou.kit import clock

from .models import Calendar
from .operations import SYSTEM, days_of, set_calendar, take_published
from .states import Day

_FROM = 2018


@transaction.atomic
def load_national() -> int:
    """Bring in the announced years and, at first, the calendar of the law; how many years changed."""
    if not Calendar.objects.exists():
        told = {
            "name_zh": "机关作息",
            "name_en": "Office hours",
            "week": [0, 1, 2, 3, 4],
            "is_default": True,
        }
        set_calendar(None, told, by=SYSTEM)
    return take_published(published(), edition=f"holidays {version('holidays')}")


def published() -> dict[int, list[Day]]:
    """The announced years from 2018 to the next one."""
    found = {}
    for year in range(_FROM, clock.now().year + 2):
        china: Any = import_module("holidays.countries.china").China(years=year, language="zh_CN")
        made_up = {day for day in china.weekend_workdays if day.year == year}
        if made_up:
            rests = [(day, name.split(";")[0].strip()) for day, name in china.items()]
            found[year] = days_of(rests, made_up)
    return found
