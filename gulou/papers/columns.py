"""The columns of an export: their heads, where each comes from, and how it is said.

Nothing of the reporter is among them, neither contact nor words: both may have to be erased on
request, and a file that has left the house cannot be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case as When_
from django.db.models import CharField, F, Func, Q, QuerySet, Value, When
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gulou.cases.models import Case, Source
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import defused, name_of
from gulou.people import queries as people
from gulou.places import queries as places

Say = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column. `field` is what the database gives; `is_time` is said to the minute."""

    code: str
    head: Any
    field: str
    is_time: bool = False
    is_number: bool = False


COLUMNS: Sequence[Column] = (
    Column("number", pgettext_lazy("column", "Case number"), "number"),
    Column("state", _("State"), "state"),
    Column("source", _("Source"), "source"),
    Column("class", pgettext_lazy("category", "Class"), "category_id"),
    Column("category", pgettext_lazy("subclass", "Category"), "category_id"),
    Column("street", _("Street"), "street_id"),
    Column("community", _("Community"), "community_id"),
    Column("address", _("Place"), "address"),
    Column("unit", _("Responsible unit"), "unit_id"),
    Column("step", _("Step"), "step_kind"),
    Column("step_unit", _("Step waits for"), "step_unit_id"),
    Column("opened", pgettext_lazy("column", "Opened"), "opened_at", is_time=True),
    Column("due", pgettext_lazy("column", "Due"), "due_at", is_time=True),
    Column("ended", pgettext_lazy("column", "Ended"), "ended_at", is_time=True),
    Column("changed", _("Last change"), "changed_at", is_time=True),
    Column("late", _("Late"), "is_late"),
    Column("objected", _("Objection waits"), "has_objection"),
    Column("returns", _("Times returned"), "returns", is_number=True),
    Column("reworks", _("Times reworked"), "reworks", is_number=True),
    Column("reports", pgettext_lazy("column", "Reports"), "reports_count", is_number=True),
    Column("summary", _("Public summary"), "summary"),
    Column("lat", _("Latitude (WGS84)"), "lat", is_number=True),
    Column("lon", _("Longitude (WGS84)"), "lon", is_number=True),
)
_BY_CODE: Mapping[str, Column] = {column.code: column for column in COLUMNS}


def columns_named(codes: Sequence[str]) -> list[Column]:
    """These columns in the order of the table; all where none of them is known."""
    chosen = [column for column in COLUMNS if column.code in codes]
    return chosen or list(COLUMNS)


class _Minute(Func):
    """2026-11-23 14:05 in the office's time zone, said by the database: it is quick at it."""

    template = "to_char(%(expressions)s, 'YYYY-MM-DD HH24:MI')"
    arg_joiner = " AT TIME ZONE "
    output_field = CharField()


def rows_of(cases: QuerySet[Case], columns: Sequence[Column], *, as_text: bool) -> QuerySet[Any]:
    """The values of the columns, a tuple a case. Times are text where `as_text`, else instants."""
    cases = cases.annotate(
        is_late=_flag(Q(ended_at=None, due_at__lt=clock.now())),
        has_objection=_flag(Q(objected_at__isnull=False)),
    )
    zone, fields = Value(settings.TIME_ZONE), []
    for column in columns:
        name = column.field
        if column.is_time and as_text:
            name = f"{column.field}_said"
            cases = cases.annotate(**{name: _Minute(F(column.field), zone)})
        fields.append(name)
    return cases.values_list(*fields)


def sayers(columns: Sequence[Column], *, as_cells: bool) -> list[Say | None]:
    """How each value becomes a cell, in the reader's language; None: as it is.

    For CSV every cell is defused; a cell of a workbook is a string by itself.
    """
    guard: Say = str if as_cells else defused
    units = _names(people.unit_refs(), guard)
    areas = _names(places.area_refs(), guard)
    refs = catalogue.category_refs()
    kinds = _names(refs, guard)
    classes = {pk: kinds.get(one.parent_id or pk, "") for pk, one in refs.items()}
    states = {one.value: str(one.label) for one in State}
    sources = {one.value: str(one.label) for one in Source}
    steps = {one.value: str(one.label) for one in StepKind}
    yes = {True: translation.gettext("yes"), False: ""}
    said: dict[str, Mapping[Any, str]] = {
        "state": states, "source": sources, "class": classes, "category": kinds, "street": areas,
        "community": areas, "unit": units, "step": steps, "step_unit": units, "late": yes,
        "objected": yes,
    }  # fmt: skip
    free = {"number", "address", "summary"}
    return [
        _named(said[column.code]) if column.code in said else guard if column.code in free else None
        for column in columns
    ]


def _named(names: Mapping[Any, str]) -> Say:
    return lambda value: names.get(value, "")


def _names(registry: Mapping[int, Any], guard: Say) -> dict[int, str]:
    return {pk: guard(name_of(one)) for pk, one in registry.items()}


def _flag(what: Q) -> Any:
    return When_(When(what, then=Value(True)), default=Value(False))
