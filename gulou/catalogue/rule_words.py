"""What a rule says, in names of both languages: what, where, and who leads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gulou.kit.words import name_of
from gulou.people.queries import UnitRef, unit_refs
from gulou.places.queries import AreaRef, area_refs

from . import current
from .current import RuleRef
from .states import Lead
from .why import BETWEEN, Named

ANY_CATEGORY = Named("任何问题", "Any problem")
WHOLE_DISTRICT = Named("全区", "the whole district")
OF_PLACE = {
    Lead.STREET: Named("所在街镇", "the street of the place"),
    Lead.COMMUNITY: Named("所在社区", "the community of the place"),
}


@dataclass(frozen=True)
class RuleWords:
    """Puts rules into names, with everything that has names read once."""

    registry: current.Registry = field(default_factory=current.registry)
    units: Mapping[int, UnitRef] = field(default_factory=unit_refs)
    areas: Mapping[int, AreaRef] = field(default_factory=area_refs)

    def what(self, rule: RuleRef) -> Named:
        """The category and the condition that the rule is about."""
        if rule.category_id is None:
            return ANY_CATEGORY
        category = self.registry.categories[rule.category_id]
        if rule.condition_id is None:
            return Named.of(category)
        return Named.of(category, self.registry.conditions[rule.condition_id])

    def where(self, rule: RuleRef) -> Named:
        """The area that the rule is about."""
        if rule.area_id is None:
            return WHOLE_DISTRICT
        area = self.areas.get(rule.area_id)
        return Named.of(area) if area else Named(f"#{rule.area_id}", "")

    def lead(self, rule: RuleRef) -> Named:
        """The unit that leads, or how it is found."""
        if rule.lead != Lead.UNIT:
            return OF_PLACE[Lead(rule.lead)]
        unit = self.units.get(rule.unit_id or 0)
        return Named.of(unit) if unit else Named(f"#{rule.unit_id}", "")

    def assisting(self, rule: RuleRef) -> str:
        """The units that assist, one after the other."""
        names = [name_of(self.units[id]) for id in rule.assisting_ids if id in self.units]
        return str(BETWEEN).join(names)
