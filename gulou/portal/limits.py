"""How much one network address may send in an hour: shared with the API, and counted together."""

from gulou.ui.limits import (
    ANSWERS,
    DOWNLOADS,
    HOUR,
    LOOKUPS,
    PHOTOS,
    PICTURES,
    REPORTS,
    VISITS,
    Limit,
    address_of,
    check,
    count,
    limited,
    spend,
)

__all__ = [
    "ANSWERS",
    "DOWNLOADS",
    "HOUR",
    "LOOKUPS",
    "PHOTOS",
    "PICTURES",
    "REPORTS",
    "VISITS",
    "Limit",
    "address_of",
    "check",
    "count",
    "limited",
    "spend",
]
