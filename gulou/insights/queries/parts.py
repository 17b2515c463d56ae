"""How units kept their time with parts: of joint operations, and of cases handed down to them; and
how often an independent recheck found otherwise than the closing of their cases. Nothing is ranked."""

from dataclasses import dataclass

from gulou.cases import queries as cases
from gulou.insights.period import Period
from gulou.joint import queries as joint
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.models import User

from .scope import scope_of


@dataclass(frozen=True)
class UnitParts:
    """The parts of one unit in a period. None where it had none of that kind; `checked` also where
    the reader does not look after rechecks."""

    unit_id: int
    unit: str
    joint: joint.PartFigures | None
    handed: cases.PartFigures | None
    checked: cases.Verdicts | None


def unit_parts(reader: User, period: Period) -> list[UnitParts]:
    """Of every unit that the reader reads and that had any, in the order of the units."""
    begin, end = period.span
    shared = {one.unit_id: one for one in joint.part_figures(since=begin, until=end)}
    handed = {one.unit_id: one for one in cases.part_figures(since=begin, until=end)}
    verdicts = cases.blind_verdicts(begin, end) if cases.is_office(reader) else []
    checked = {one.unit_id: one for one in verdicts}
    scope, units = scope_of(reader), people.unit_refs()
    told = [pk for pk in {*shared, *handed, *checked} if pk in units and scope.holds_unit(pk)]
    return [
        UnitParts(pk, name_of(units[pk]), shared.get(pk), handed.get(pk), checked.get(pk))
        for pk in sorted(told, key=lambda pk: units[pk].code)
    ]
