"""The group robots at hand, for every fact that may concern one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gulou.catalogue import queries as catalogue
from gulou.outbox.kept import Kept

from .models import Robot


@dataclass(frozen=True)
class RobotRef:
    """A robot, and what it is for."""

    id: int
    uid: UUID
    street_id: int | None
    category_code: str
    tells: frozenset[str]
    retired: bool

    def is_for(self, *, street_id: int | None, category_id: int) -> bool:
        """Whether a case of this street and category is its own. Editions come and go: by code."""
        if self.street_id not in (None, street_id):
            return False
        if not self.category_code:
            return True
        found = catalogue.category_refs().get(category_id)
        above = catalogue.category_refs().get(found.parent_id or 0) if found else None
        return self.category_code in {one.code for one in (found, above) if one}


def _read() -> Sequence[RobotRef]:
    found = Robot.objects.select_related("category").order_by("pk")
    return tuple(
        RobotRef(one.pk, one.uid, one.street_id, one.category.code if one.category else "",
                 frozenset(one.tells), one.retired_at is not None)
        for one in found
    )  # fmt: skip


_kept = Kept("notices.robots", _read)
changing = _kept.changing


def in_use() -> list[RobotRef]:
    """Every robot that tells something now. Free."""
    return [one for one in _kept.now() if not one.retired]


def telling(what: str) -> list[RobotRef]:
    """Those that tell this. Free."""
    return [one for one in in_use() if what in one.tells]


def ever() -> bool:
    """Whether there was a robot at any time. Free."""
    return bool(_kept.now())
