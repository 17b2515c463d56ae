"""Levels of areas."""

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.places import current
from gulou.places.facts import LevelSet
from gulou.places.models import Level
from gulou.places.queries import unknown_level

STANDARD_LEVELS = (
    ("district", 0, "区", "District"),
    ("street", 1, "街镇", "Street or town"),
    ("community", 2, "社区", "Community"),
    ("grid", 3, "单元网格", "Grid cell"),
)


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
) -> Level:
    """Add a level of areas, or describe a known one anew. Raises Invalid."""
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
    told = {
        "rank": rank,
        "name_zh": name_zh,
        "name_en": name_en,
        "overlapping": overlapping,
        "code_length": code_length,
    }
    if level.pk and all(getattr(level, name) == value for name, value in told.items()):
        return level
    for name, value in told.items():
        setattr(level, name, value)
    level.save()
    record(LevelSet(code=code, rank=rank, overlapping=overlapping), subject=level, actor=actor)
    return level


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
    found = Level.objects.filter(code=code).first()
    if found is None:
        raise unknown_level(code, dict(Level.objects.values_list("code", "rank")))
    return found
