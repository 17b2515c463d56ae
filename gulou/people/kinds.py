"""The lists one chooses from: kinds of units, duties of a leading group."""

from typing import Any

from .models import Duty, UnitKind


def unit_kinds() -> list[tuple[str, Any]]:
    """Every kind of unit with its name."""
    return list(UnitKind.choices)


def duties() -> list[tuple[str, Any]]:
    """Head, deputy in charge, liaison."""
    return list(Duty.choices)


def is_street(kind: str) -> bool:
    """Whether leaders of the district may look after it."""
    return kind == UnitKind.STREET
