"""Every way of reading the catalogue. Nothing in it is secret, so no reader is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.worktime import Limit
from gulou.people import queries as people
from gulou.people.queries import Use, today

from . import current, suggest
from .current import (
    CategoryRef,
    ChannelRef,
    CheckingRef,
    CodeSetRef,
    ConditionRef,
    ElsewhereRef,
    RuleRef,
)
from .models import CodeSet, Elsewhere, Reason
from .states import ReasonKind, TimeUnit

__all__ = [
    "CategoryRef",
    "ChannelRef",
    "CheckingRef",
    "CodeSetRef",
    "ConditionRef",
    "ElsewhereRef",
    "Limit",
    "RuleRef",
    "all_conditions_of",
    "all_elsewhere",
    "all_reasons",
    "all_rules",
    "all_step_limits",
    "categories",
    "categories_by_class",
    "categories_for_public",
    "category_coded",
    "category_ref",
    "category_refs",
    "category_tree",
    "channel",
    "checking_for",
    "checkings",
    "condition_ref",
    "conditions_of",
    "current_code_set",
    "default_condition",
    "elsewhere",
    "elsewhere_for",
    "elsewhere_with_id",
    "handling_limit",
    "limit_for",
    "reason_given",
    "reason_with_id",
    "reasons",
    "require_channel",
    "rule_ref",
    "rules_about",
    "rules_on",
    "special_limits",
    "step_limit",
    "suggest_categories",
    "token",
    "uses_of_unit",
    "warning_marks",
]

# Where neither a condition nor the list of step limits says how long handling may take.
LAST_RESORT = Limit(5, TimeUnit.WORKING_DAY)
HANDLE, ON_SPOT = "handle", "on_spot"
# 立整立改: told at once, done within a day, unless the office says otherwise.
ON_SPOT_LIMIT = Limit(24, TimeUnit.HOUR)
# Where the office has set no limit for them.
_OTHERWISE = {
    ON_SPOT: ON_SPOT_LIMIT,
    "blind": Limit(2, TimeUnit.WORKING_DAY),
    "look_back": Limit(3, TimeUnit.WORKING_DAY),
}
AS_IT_COMES = CheckingRef()
"""How cases are checked where the office has set nothing: by the pictures, and none again."""


def token() -> str:
    """Changes with anything of the catalogue: for what is made of it and kept."""
    return current.token()


def current_code_set() -> CodeSetRef:
    """The edition under which cases are filed now. Raises Refusal where none is loaded."""
    code_set = current.registry().code_set
    if code_set is None:
        raise Refusal(
            "catalogue.no_code_set",
            _("No list of categories is loaded yet. On the server, `gulou prepare` loads it."),
        )
    return code_set


def category_refs() -> Mapping[int, CategoryRef]:
    """Every category by id: of all editions, classes and retired ones too. Kept in process."""
    return current.registry().categories


def category_ids_below(category_id: int) -> set[int]:
    """A category and those of its class."""
    return {category_id} | {
        one.id for one in category_refs().values() if one.parent_id == category_id
    }


def category_ref(category_id: int) -> CategoryRef:
    """The category with this id. Raises Invalid on the field `category`."""
    found = category_refs().get(category_id)
    if found is None:
        raise _unknown_category()
    return found


def category_coded(code: str) -> CategoryRef:
    """The category of the current edition with this code. Raises Invalid."""
    code_set_id = current_code_set().id
    for category in category_refs().values():
        if category.code == code and category.code_set_id == code_set_id:
            return category
    raise _unknown_category()


def categories() -> list[CategoryRef]:
    """The subclasses of the current edition that are in use, in the order of the list."""
    return [category for category in _in_use() if category.parent_id is not None]


def categories_by_class() -> list[tuple[CategoryRef, list[CategoryRef]]]:
    """The classes of the current edition with their subclasses in use, for a grouped choice."""
    offered = _in_use()
    classes = [category for category in offered if category.parent_id is None]
    grouped = [(one, [c for c in offered if c.parent_id == one.id]) for one in classes]
    return [(one, below) for one, below in grouped if below]


def categories_for_public() -> list[CategoryRef]:
    """What residents are offered, the most common first."""
    offered = [category for category in categories() if category.public_rank]
    return sorted(offered, key=lambda category: category.public_rank)


def suggest_categories(
    text: str, *, limit: int = 5, public_only: bool = False
) -> list[CategoryRef]:
    """Categories in use whose words overlap with what was typed, best first; may be empty."""
    offered = categories_for_public() if public_only else categories()
    return suggest.best_categories(text, offered, category_refs(), limit=limit)


def conditions_of(category_id: int) -> Sequence[ConditionRef]:
    """The filing conditions of a category, the most urgent first."""
    return current.registry().conditions_by_category.get(category_id, ())


def default_condition(category_id: int) -> ConditionRef | None:
    """The condition to start from where nobody has chosen one."""
    return next((c for c in conditions_of(category_id) if c.is_default), None)


def condition_ref(condition_id: int, *, category_id: int) -> ConditionRef:
    """The condition with this id, if it belongs to the category. Raises Invalid."""
    found = current.registry().conditions.get(condition_id)
    if found is None or found.category_id != category_id:
        raise Invalid(
            "catalogue.condition_unknown",
            _("This condition does not belong to the category. Choose one from the list."),
            field="condition",
        )
    return found


def handling_limit(condition_id: int | None, category_id: int) -> Limit:
    """How long handling may take: by the condition, else the category's default one, else the
    limit of the step."""
    if condition_id is not None:
        return condition_ref(condition_id, category_id=category_id).limit
    condition = default_condition(category_id)
    return condition.limit if condition else (step_limit(HANDLE) or LAST_RESORT)


def limit_for(kind: str, *, category_id: int, condition_id: int | None) -> Limit | None:
    """How long a kind of step may take for a case of this category and condition.

    What is set for the condition comes first, then for the category, then for its class, then for
    the kind of step; None where the office has set nothing. Costs no query.
    """
    registry = current.registry()
    special = registry.special_limits
    if special:
        parent_id = category_ref(category_id).parent_id
        for category, condition in (
            (category_id, condition_id), (category_id, None), (parent_id, None)
        ):  # fmt: skip
            if category is not None and (found := special.get((kind, category, condition))):
                return found
    if kind == HANDLE:
        return handling_limit(condition_id, category_id)
    return registry.step_limits.get(kind) or _OTHERWISE.get(kind)


def checking_for(category_id: int) -> CheckingRef:
    """How cases of a category are checked: as set for it, else for its class, else for all others.
    Costs no query."""
    held = current.registry().checkings
    for one in (category_id, category_ref(category_id).parent_id, None):
        if one in held:
            return held[one]
    return AS_IT_COMES


def checkings() -> Mapping[int | None, CheckingRef]:
    """How cases are checked, by the category or class it was set for; None is for all others."""
    return current.registry().checkings


def special_limits() -> Mapping[tuple[str, int, int | None], Limit]:
    """The limits set for a category or condition alone, by kind of step, category, condition."""
    return current.registry().special_limits


def warning_marks() -> Sequence[tuple[int, str]]:
    """Who is told when so many percent of a limit have gone by, in order."""
    return current.registry().marks


def step_limit(kind: str) -> Limit | None:
    """How long a kind of step may take; None where the office has set nothing."""
    return current.registry().step_limits.get(kind)


def reasons(kind: ReasonKind | str) -> list[Reason]:
    """The reasons to choose from for a move of this kind, in the order of the list."""
    return list(Reason.objects.filter(kind=kind, active=True))


def reason_given(kind: ReasonKind | str, reason_id: int) -> Reason:
    """The reason with this id, if it is on the list of this kind. Raises Invalid."""
    found = Reason.objects.filter(kind=kind, pk=reason_id, active=True).first()
    if found is None:
        raise Invalid(
            "catalogue.reason_unknown", _("Choose a reason from the list."), field="reason"
        )
    return found


def elsewhere() -> Sequence[ElsewhereRef]:
    """Where somebody is better helped than here: danger first, then petitions and complaints."""
    return current.registry().elsewhere


def elsewhere_for(text: str) -> list[ElsewhereRef]:
    """The channels that the words of a report hint at. A hint only: nobody is turned away."""
    return suggest.fitting_channels(text, elsewhere())


def rules_on(day: date) -> list[RuleRef]:
    """The rules in force on a day, oldest first."""
    held = [r for rules in current.registry().rules.values() for r in rules if r.holds(day)]
    return sorted(held, key=lambda rule: rule.id)


def channel(code: str) -> ChannelRef:
    """A way by which reports come or answers go. One that the office never touched is open."""
    return current.registry().channels.get(code) or ChannelRef(0, code, True, "", "", "", "", "")


def require_channel(code: str) -> None:
    """Raises Refusal with the office's words where this way is closed."""
    found = channel(code)
    if not found.is_open:
        raise Refusal("catalogue.channel_closed", found.closed or _("This way is closed for now."))


@dataclass(frozen=True)
class EditionSeen:
    """An edition of the list of categories as the office keeps it."""

    id: int
    code: str
    edition: str
    name_zh: str
    name_en: str
    current: bool
    categories: int
    conditions: int

    @property
    def can_be_current(self) -> bool:
        """Whether cases could be filed under it: a list of another system has no limits."""
        return not self.current and self.conditions > 0


def editions() -> list[EditionSeen]:
    """Every edition that was brought in, the current one first."""
    rows = CodeSet.objects.annotate(
        subclasses=Count(
            "categories", filter=Q(categories__parent__isnull=False), distinct=True
        ),
        limits=Count("categories__conditions", distinct=True),
    ).order_by("-current", "-id")  # fmt: skip
    return [
        EditionSeen(one.pk, one.code, one.edition, one.name_zh, one.name_en, one.current,
                    one.subclasses, one.limits)
        for one in rows
    ]  # fmt: skip


def edition(code_set_id: int) -> EditionSeen:
    """One of them. Raises NotFound."""
    found = next((one for one in editions() if one.id == code_set_id), None)
    if found is None:
        raise NotFound("catalogue.no_such_edition", _("There is no such edition."))
    return found


def category_tree() -> list[CategoryRef]:
    """Every category of the current edition, retired ones too: each class before what is below."""
    code_set_id = current_code_set().id
    all_of_it = [c for c in category_refs().values() if c.code_set_id == code_set_id]
    classes = [one for one in all_of_it if one.parent_id is None]
    return [
        one for above in classes
        for one in (above, *(c for c in all_of_it if c.parent_id == above.id))
    ]  # fmt: skip


def all_conditions_of(category_id: int) -> list[ConditionRef]:
    """The filing conditions of a category, those no longer offered too."""
    found = current.registry().conditions.values()
    return [one for one in found if one.category_id == category_id]


def all_step_limits() -> Mapping[str, Limit]:
    """How long each kind of step may take, by kind."""
    return current.registry().step_limits


def all_reasons() -> list[Reason]:
    """Every reason of every list, those no longer offered too."""
    return list(Reason.objects.all())


def reason_with_id(reason_id: int) -> Reason:
    """A reason, also one that is no longer offered. Raises NotFound."""
    found = Reason.objects.filter(pk=reason_id).first()
    if found is None:
        raise NotFound("catalogue.no_such_reason", _("There is no such reason."))
    return found


def all_elsewhere() -> list[Elsewhere]:
    """Everywhere somebody may be better helped, what is no longer shown too."""
    return list(Elsewhere.objects.all())


def elsewhere_with_id(elsewhere_id: int) -> Elsewhere:
    """One of them. Raises NotFound."""
    found = Elsewhere.objects.filter(pk=elsewhere_id).first()
    if found is None:
        raise NotFound("catalogue.no_such_elsewhere", _("There is no such entry."))
    return found


def rules_about(
    *, area_id: int | None = None, category_id: int | None = None, condition_id: int | None = None
) -> list[RuleRef]:
    """The rules that name this area, category or condition and are not over."""
    wanted = [("area_id", area_id), ("category_id", category_id), ("condition_id", condition_id)]
    asked = [(name, id) for name, id in wanted if id is not None]
    day = today()
    return [
        rule for rule in all_rules()
        if (rule.until is None or rule.until > max(day, rule.since))
        and any(getattr(rule, name) == id for name, id in asked)
    ]  # fmt: skip


def all_rules() -> list[RuleRef]:
    """Every rule, those that are over and those to come too, oldest first."""
    found = [rule for rules in current.registry().rules.values() for rule in rules]
    return sorted(found, key=lambda rule: rule.id)


def rule_ref(rule_id: int) -> RuleRef:
    """The rule with this id. Raises NotFound."""
    found = next((rule for rule in all_rules() if rule.id == rule_id), None)
    if found is None:
        raise NotFound("catalogue.no_such_rule", _("There is no such rule."))
    return found


def uses_of_unit(unit_id: int) -> list[Use]:
    """That responsibility rules name the unit, today or later."""
    today = people.today()
    rules = [
        rule
        for held in current.registry().rules.values()
        for rule in held
        if (rule.unit_id == unit_id or unit_id in rule.assisting_ids)
        and (rule.until is None or rule.until > today)
    ]
    if not rules:
        return []
    words = gettext("%(count)s responsibility rules name this unit. Change or end them first.")
    return [Use("unit.has_rules", words % {"count": len(rules)})]


def _in_use() -> list[CategoryRef]:
    registry = current.registry()
    if registry.code_set is None:
        return []
    return [
        category
        for category in registry.categories.values()
        if category.active and category.code_set_id == registry.code_set.id
    ]


def _unknown_category() -> Invalid:
    return Invalid(
        "catalogue.category_unknown",
        _("There is no such category. Choose one from the list."),
        field="category",
    )
