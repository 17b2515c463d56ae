"""Levels of areas."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.places import current
from gulou.places.facts import LevelSet, Particulars
from gulou.places.models import Area, Level
from gulou.places.queries import unknown_level

STANDARD_LEVELS = (
    ("district", 0, "区", "District"),
    ("street", 1, "街镇", "Street or town"),
    ("community", 2, "社区", "Community"),
    ("grid", 3, "单元网格", "Grid cell"),
)


FIELDS = ("rank", "name_zh", "name_en", "overlapping", "code_length", "active")


@transaction.atomic
@current.changing()
def set_level(
    code: str,
    *,
    rank: int,
    name_zh: str,
    name_en: str,
    actor: str,
    overlapping: bool = False,
    code_length: int | None = None,
    active: bool = True,
) -> Level:
    """Add a level of areas, describe a known one anew, retire it (`active`) or bring it back.

    Raises Invalid; Refusal where areas of it stand in the way.
    """
    code, name_zh, name_en = clean(code), clean(name_zh), clean(name_en)
    if not code or len(code) > 20 or not name_zh or len(name_zh) > 40 or len(name_en) > 40:
        raise Invalid(
            "level.bad_name",
            _("A level needs a code of up to 20 characters and names of up to 40."),
            field="code",
        )
    if not 0 <= rank <= 99:
        raise Invalid("level.bad_rank", _("The rank of a level is 0 to 99."), field="rank")
    level = Level.objects.select_for_update().filter(code=code).first() or Level(code=code)
    told = dict(
        zip(FIELDS, (rank, name_zh, name_en, overlapping, code_length, active), strict=True)
    )
    known = bool(level.pk)
    before = {name: getattr(level, name) for name in FIELDS} if known else {}
    after: Particulars = {n: value for n, value in told.items() if not known or before[n] != value}
    if not after:
        return level
    if known:
        _check_areas(level, after)
    for name, value in after.items():
        setattr(level, name, value)
    level.save()
    record(
        LevelSet(
            code=code, rank=rank, overlapping=overlapping,
            before={name: before[name] for name in after} if known else {}, after=after,
        ),
        subject=level, actor=actor,
    )  # fmt: skip
    return level


def _check_areas(level: Level, after: Mapping[str, Any]) -> None:
    """Refuse what would make the areas there are wrong."""
    areas = Area.objects.filter(level=level)
    if after.get("active") is False and level.code in {code for code, *_rest in STANDARD_LEVELS}:
        raise Refusal("level.standard", _("This level belongs to the house and cannot be retired."))
    if after.get("active") is False and areas.filter(active=True).exists():
        raise Refusal("level.in_use", _("Areas of this level are in use. Retire those first."))
    if "overlapping" in after and areas.exists():
        raise Invalid(
            "level.has_areas",
            _("Whether areas may overlap can be changed only while the level has none."),
            field="overlapping",
        )
    if "rank" in after and (
        areas.filter(parent__level__rank__gte=after["rank"]).exists()
        or Area.objects.filter(parent__level=level, level__rank__lte=after["rank"]).exists()
    ):
        raise Invalid(
            "level.out_of_order",
            _("Areas of this level lie in coarser ones and hold finer ones: keep it between them."),
            field="rank",
        )


@transaction.atomic
def set_standard_levels(*, actor: str) -> list[Level]:
    """District, street, community and grid cell, where they are not there yet."""
    known = {level.code: level for level in Level.objects.all()}
    return [
        known.get(code) or set_level(code, rank=rank, name_zh=name_zh, name_en=name_en, actor=actor)
        for code, rank, name_zh, name_en in STANDARD_LEVELS
    ]


def level_named(code: str) -> Level:
    """The level with this code. Raises Invalid that names the known ones."""
    found = Level.objects.filter(code=code, active=True).first()
    if found is None:
        raise unknown_level(
            code, dict(Level.objects.filter(active=True).values_list("code", "rank"))
        )
    return found
