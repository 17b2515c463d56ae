"""What the forms of the desk let one choose from, with names in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CategoryRef, Limit
from gulou.catalogue.states import TimeUnit
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.queries import UnitRef

if TYPE_CHECKING:
    from gulou.people.models import User

Choice = tuple[int | str, str]
Group = tuple[str, list[Choice]]


def categories(words: str = "") -> list[Choice | Group]:
    """Every category by class; those that the words point to come first."""
    groups: list[Choice | Group] = []
    if pointed := catalogue.suggest_categories(words, limit=3) if words else []:
        groups.append((_("The words point to"), [_category(one) for one in pointed]))
    groups += [
        (name_of(above), [_category(one) for one in below])
        for above, below in catalogue.categories_by_class()
    ]
    return groups


def _category(one: CategoryRef) -> Choice:
    return one.id, name_of(one)


def conditions(category_id: int | None) -> list[Choice]:
    """The filing conditions of a category, each with its limit."""
    found = catalogue.conditions_of(category_id) if category_id else ()
    return [(one.id, f"{name_of(one)} · {limit_words(one.limit)}") for one in found]


def limit_words(limit: Limit) -> str:
    """4 小时, 2 紧急工作时, 5 个工作日."""
    words = {
        TimeUnit.MINUTE: _("%(n)d minutes"),
        TimeUnit.WORKING_MINUTE: _("%(n)d working minutes"),
        TimeUnit.HOUR: _("%(n)d hours"),
        TimeUnit.URGENT_HOUR: _("%(n)d h around the clock"),
        TimeUnit.URGENT_DAY: _("%(n)d days around the clock"),
        TimeUnit.WORKING_HOUR: _("%(n)d working hours"),
        TimeUnit.WORKING_DAY: _("%(n)d working days"),
        TimeUnit.NATURAL_DAY: _("%(n)d calendar days"),
    }
    return words[TimeUnit(limit.unit)] % {"n": limit.amount}


def reasons(kind: str) -> list[Choice]:
    """The reasons that a move of this kind may have."""
    return [(reason.pk, name_of(reason)) for reason in catalogue.reasons(kind)]


# How units are grouped where one is chosen: the kinds, in the order of who does most.
_KINDS = (
    ("department",), ("street",), ("community",), ("mass_organisation",),
    ("enterprise", "patrol_group", "volunteer_team"),
    ("committee", "civility_office", "campaign_office", "supervision_team", "supervision_office"),
)  # fmt: skip


def units(*, first: Iterable[int] = (), first_words: str = "") -> list[Choice | Group]:
    """Every unit in use, grouped by kind; those in `first` on top of all."""
    refs = _by_code()
    top = [_unit(refs[pk]) for pk in dict.fromkeys(first) if pk in refs and refs[pk].active]
    groups: list[Choice | Group] = [(first_words, top)] if top else []
    named = kind_names()
    for kinds in _KINDS:
        found = [_unit(unit) for unit in refs.values() if unit.active and unit.kind in kinds]
        if found:
            groups.append((named[kinds[0]], found))
    return groups


def _by_code() -> dict[int, UnitRef]:
    """Every unit, in the order of the office's own codes."""
    return dict(sorted(people.unit_refs().items(), key=lambda pair: pair[1].code))


def flat_units(*, first: Iterable[int] = ()) -> list[Choice]:
    """Departments and streets, which help each other; those in `first` on top."""
    refs, top = _by_code().values(), set(first)
    kinds = ("department", "street", "mass_organisation")
    found = [unit for kind in kinds for unit in refs if unit.active and unit.kind == kind]
    return [_unit(unit) for unit in sorted(found, key=lambda unit: unit.id not in top)]


def _unit(unit: UnitRef) -> Choice:
    return unit.id, name_of(unit)


def options(kind: str, chosen: str) -> SafeString:
    """Every unit or category as the options of a select, in groups. Made once for each edition."""
    edition: Any = people.unit_refs() if kind == "units" else catalogue.category_refs()
    key = (kind, get_language() or "")
    made = _made.get(key)
    if made is None or made[0] is not edition:
        groups = units() if kind == "units" else categories()
        drawn = format_html_join(
            "", '<optgroup label="{}">{}</optgroup>',
            ((words, plain_options(cast("list[Choice]", found), "")) for words, found in groups),
        )  # fmt: skip
        made = _made[key] = (edition, drawn)
    return _with_chosen(made[1], chosen)


# What was drawn, by kind and language, with the registry that it was drawn from.
_made: dict[tuple[str, str], tuple[object, str]] = {}


def plain_options(offered: Iterable[tuple[Any, str]], chosen: str) -> SafeString:
    """These as the options of a select."""
    made = format_html_join("", '<option value="{}">{}</option>', offered)
    return _with_chosen(made, chosen)


def _with_chosen(made: str, chosen: str) -> SafeString:
    if not chosen:
        return mark_safe(made)  # noqa: S308 made by format_html_join
    mark = f'value="{escape(chosen)}"'
    return mark_safe(made.replace(mark, f"{mark} selected", 1))  # noqa: S308 as above


def kind_names() -> dict[str, str]:
    """The name of each group of units."""
    return {
        "department": _("Departments"),
        "street": _("Streets and towns"),
        "community": _("Communities"),
        "mass_organisation": _("Mass organisations"),
        "enterprise": _("Enterprises, patrols and volunteers"),
        "committee": _("Offices of the campaign"),
    }


def people_by_unit(found: "Sequence[User]") -> list[Choice | Group]:
    """People under the name of the unit where they are posted."""
    units = people.units_of(found)
    groups: dict[str, list[Choice]] = {}
    for person in found:
        unit = units.get(person.pk)
        groups.setdefault(name_of(unit) if unit else "–", []).append((person.pk, str(person)))
    return list(groups.items())


def persons(found: Iterable["User"]) -> list[Choice]:
    """People by name."""
    return [(person.pk, str(person)) for person in found]
