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
    give_back,
    limited,
    spend,
    spent,
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
    "give_back",
    "limited",
    "spend",
    "spent",
]
