"""What the names in another system's file are in our house: areas, categories, units."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gulou.catalogue import operations as catalogue_operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import CodeSet
from gulou.kit.errors import Invalid, Refusal
from gulou.people import operations as people_operations
from gulou.people import queries as people
from gulou.people.models import Unit, UnitKind
from gulou.places import queries as places
from gulou.places.models import Area
from gulou.places.operations import AreaDraft, import_areas

from .files import Line
from .mapping import AreaNames, CaseMapping

# Stands for what a dry run would make.
TO_BE_MADE = -1


@dataclass(frozen=True)
class Made:
    """What is not here yet, and is made for the file: names by kind."""

    areas: dict[str, list[str]] = field(default_factory=dict)
    categories: int = 0
    units: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """A category as the house files it; a code set goes with it."""

    category_id: int
    code_set_id: int


class Names:
    """The distinct names in a file, gathered line by line."""

    def __init__(self, mapping: CaseMapping) -> None:
        self.mapping = mapping
        self.areas: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
        self.categories: dict[tuple[str, ...], None] = {}
        self.units: dict[tuple[str, str], None] = {}

    def take(self, line: Line) -> None:
        above = ("", "")
        for level, names in self.mapping.areas.items():
            told = self.area(line, names)
            if told[1] or (told[0] and not names.name):
                self.areas.setdefault(level, {}).setdefault(told, above)
                above = told
        self.categories.setdefault(self.category(line))
        self.units.setdefault(self.unit(line))

    def cell(self, line: Line, column: str) -> str:
        """A cell, empty where the file says so in its own way."""
        text = line.cells.get(column, "") if column else ""
        return "" if text in self.mapping.empty else text

    def area(self, line: Line, names: AreaNames) -> tuple[str, str]:
        """Code and name of the area that a line names on a level."""
        return _whole(self.cell(line, names.code)), self.cell(line, names.name)

    def category(self, line: Line) -> tuple[str, ...]:
        return tuple(self.cell(line, column) for column in self.mapping.categories.columns)

    def unit(self, line: Line) -> tuple[str, str]:
        """Code and name of the unit that a line names."""
        units = self.mapping.units
        return self.cell(line, units.code), self.cell(line, units.column)


class House:
    """Finds what a line names. What the mapping lets be made is made once, at the beginning."""

    def __init__(self, names: Names, *, dry_run: bool, actor: str) -> None:
        self.names, self.mapping, self.actor = names, names.mapping, actor
        self.dry_run = dry_run
        self.made = Made()
        self.office = people.office().id
        self.areas = {level: _Areas(level, part) for level, part in self.mapping.areas.items()}
        self._make_areas()
        self.kinds = self._kinds()
        self.units = self._units()

    # Areas

    def _make_areas(self) -> None:
        above: _Areas | None = None
        for level, areas in self.areas.items():
            wanted = self.names.areas.get(level, {})
            missing = {told: up for told, up in wanted.items() if areas.find(*told) is None}
            if missing and self.mapping.areas[level].make:
                self.made.areas[level] = sorted(name or code for code, name in missing)
                if not self.dry_run:
                    drafts = [self._draft(told, up, above) for told, up in missing.items()]
                    import_areas(drafts, level=level, actor=self.actor)
                    areas.read()
                else:
                    areas.promise(missing)
            above = areas

    def _draft(
        self, told: tuple[str, str], up: tuple[str, str], above: "_Areas | None"
    ) -> AreaDraft:
        """An area as a file names it, below the one it is named with; else below the district."""
        code, name = told
        parent = above.find(*up) if above is not None and up != ("", "") else None
        beneath = parent.code if parent else places.district().code
        return AreaDraft(code or name, name or code, parent_code=beneath)

    def areas_named(self, line: Line) -> dict[str, int]:
        """The areas that a line names and that we know, by level, with those above them."""
        found: dict[str, int] = {}
        for level, names in self.mapping.areas.items():
            area = self.areas[level].find(*self.names.area(line, names))
            if area is not None:
                found[level] = area.pk or TO_BE_MADE
                if area.parent is not None:
                    found.setdefault(area.parent.level.code, area.parent.pk)
        return found

    # Categories

    def _kinds(self) -> Mapping[tuple[str, ...], Kind]:
        told = self.mapping.categories
        if told.make is not None:
            return self._own_kinds()
        current = catalogue.current_code_set().id
        found: dict[tuple[str, ...], Kind] = {}
        for names in self.names.categories:
            name = next((n for n in reversed(names) if n), "")
            code = told.values.get(name, told.otherwise)
            if code:
                found[names] = Kind(self._coded(code), current)
        return found

    def _coded(self, code: str) -> int:
        try:
            return catalogue.category_coded(code).id
        except Refusal as refusal:
            raise Invalid(
                "mapping.category",
                _("The mapping names the category “%(code)s”, and there is none.") % {"code": code},
                field="mapping",
            ) from refusal

    def _own_kinds(self) -> Mapping[tuple[str, ...], Kind]:
        """The other system's own list. A line without a class files under its subclass alone."""
        foreign = self.mapping.categories.make
        assert foreign is not None  # noqa: S101  who calls this has looked
        pairs = {names: pair for names in self.names.categories if (pair := _pair(names))}
        known = CodeSet.objects.filter(code=foreign.code, edition=foreign.edition).first()
        if self.dry_run:
            there = known.categories.count() if known else 0
            self.made = Made(self.made.areas, max(len(set(pairs.values())) - there, 0))
            return dict.fromkeys(pairs, Kind(TO_BE_MADE, TO_BE_MADE))
        saved = catalogue_operations.take_categories(foreign, pairs.values(), by=self.actor)
        return {
            names: Kind(saved[pair].pk, saved[pair].code_set_id) for names, pair in pairs.items()
        }

    # Units

    def _units(self) -> Mapping[tuple[str, str], int]:
        told = self.mapping.units
        by_code = {unit.code: unit.id for unit in people.unit_refs().values()}
        by_name = {unit.name_zh: unit.id for unit in people.unit_refs().values()}
        found: dict[tuple[str, str], int] = {("", ""): self.office}
        for code, name in self.names.units:
            named = told.values.get(name, told.values.get(code, ""))
            if named and named not in by_code:
                raise Invalid(
                    "mapping.unit",
                    _("The mapping names the unit “%(code)s”, and there is none.")
                    % {"code": named},
                    field="mapping",
                )
            ours = by_code.get(named) or by_code.get(self._code(code, name)) or by_name.get(name)
            if ours is None and (code or name) and told.make:
                ours = self._make_unit(code, name, by_code)
            if ours is None and told.otherwise:
                ours = by_code.get(told.otherwise)
            if ours is not None:
                found[code, name] = ours
        return found

    def _code(self, code: str, name: str) -> str:
        return f"{self.mapping.system}-{code or name}"[:40]

    def _make_unit(self, code: str, name: str, by_code: dict[str, int]) -> int:
        told = self.mapping.units
        if told.make not in UnitKind.values:
            raise Invalid("mapping.kind", ", ".join(UnitKind.values), field="mapping")
        self.made.units.append(name or code)
        if self.dry_run:
            return TO_BE_MADE
        under = by_code.get(told.under, self.office)
        label = (name or code)[:80]
        unit = people_operations.create_unit(
            kind=told.make, code=self._code(code, name), name_zh=label, name_en=label,
            parent=Unit.objects.get(pk=under), by=None,
        )  # fmt: skip
        by_code[unit.code] = unit.pk
        return unit.pk


class _Areas:
    """The areas of one level by code and by name."""

    def __init__(self, level: str, names: AreaNames) -> None:
        self.level = level
        self._ignore = re.compile(names.ignore, re.IGNORECASE) if names.ignore else None
        self.read()

    def read(self) -> None:
        areas = Area.objects.filter(level__code=self.level, active=True)
        areas = areas.select_related("parent__level").defer("border", "parent__border")
        self.by_code = {area.code: area for area in areas}
        self.by_name = {self.plain(area.name_zh): area for area in areas}
        self.by_id = {area.pk: area for area in areas}

    def promise(self, missing: Iterable[tuple[str, str]]) -> None:
        """What a dry run would make."""
        for code, name in missing:
            area = Area(code=code or name, name_zh=name or code)
            self.by_code[area.code] = self.by_name[self.plain(area.name_zh)] = area

    def find(self, code: str, name: str) -> Area | None:
        """By number, else by name."""
        return (self.by_code.get(code) if code else None) or (
            self.by_name.get(self.plain(name)) if name else None
        )

    def agrees(self, area_id: int, code: str, name: str) -> bool:
        """Whether the area in which a place lies is the one that a line names."""
        area = self.by_id.get(area_id)
        if area is None:
            return False
        return bool(code and area.code == code) or self.plain(area.name_zh) == self.plain(name)

    def plain(self, name: str) -> str:
        """A name without what the mapping ignores, without case, blanks and signs."""
        text = unicodedata.normalize("NFKC", name).casefold()
        text = self._ignore.sub("", text) if self._ignore else text
        return "".join(c for c in text if c.isalnum())


def _pair(names: tuple[str, ...]) -> tuple[str, str] | None:
    told = [name for name in names if name]
    return (told[0], told[-1]) if told else None


def _whole(code: str) -> str:
    """Numbers of areas come as "47.0" too."""
    return code[:-2] if code.endswith(".0") else code
