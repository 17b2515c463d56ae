"""Reading findings: blind spots, weak links, hard problems, and what was done about them."""

from .areas import PER, AreaLine, Visited, area_lines
from .parts import UnitParts, unit_parts
from .picture import Finding, Picture, cases_of, limits, picture, place_of
from .rates import RateLine, Rates
from .restless import TURNS, Restless
from .scope import Scope, scope_of
from .spots import Kind, Spot
from .steps import Became, Taken, taken_for, what_became

__all__ = [
    "PER",
    "TURNS",
    "AreaLine",
    "Became",
    "Finding",
    "Kind",
    "Picture",
    "RateLine",
    "Rates",
    "Restless",
    "Scope",
    "Spot",
    "Taken",
    "UnitParts",
    "Visited",
    "area_lines",
    "cases_of",
    "limits",
    "picture",
    "place_of",
    "scope_of",
    "taken_for",
    "unit_parts",
    "what_became",
]
