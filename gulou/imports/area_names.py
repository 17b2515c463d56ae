"""Tables of areas without borders: a level, a code or a name, and what lies above."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.places.models import Area, Level
from gulou.places.operations import AreaDraft, Summary, import_areas, set_standard_levels
from gulou.sheets.columns import Column, Kind, Row
from gulou.sheets.reading import Book
from gulou.sheets.tables import Mistake, read_table

from .places import CODE_FIELDS, LEVEL_FIELDS, NAME_EN_FIELDS, NAME_FIELDS, PARENT_FIELDS
from .registers import refuse_mistakes

_NAMES = (
    Column("level", also=LEVEL_FIELDS, needed=True),
    Column("code", also=CODE_FIELDS, kind=Kind.CODE),
    Column("name_zh", also=NAME_FIELDS, needed=True),
    Column("name_en", also=NAME_EN_FIELDS),
    Column("parent_code", also=PARENT_FIELDS, kind=Kind.CODE),
)


def import_area_names(book: Book, *, actor: str, dry_run: bool = False) -> Summary:
    """Names and codes without borders: columns level, code, name_zh, name_en, parent_code.

    Level and parent may be told by name, too; a row without a code is the known area of its name.
    Known areas keep their borders. Levels are taken from coarse to fine. Raises Invalid.
    """
    table = read_table(book, _NAMES)
    refuse_mistakes(table.mistakes)
    total = Summary(notes=table.notes)
    with transaction.atomic():
        order = [level.code for level in set_standard_levels(actor=actor)]
        by_level = _Named(table.rows).drafts()
        for level in sorted(by_level, key=lambda c: order.index(c) if c in order else len(order)):
            done = import_areas(by_level[level], level=level, actor=actor)
            total.added += done.added
            total.changed += done.changed
            total.same += done.same
        if dry_run:
            transaction.set_rollback(True)
    return total


class _Named:
    """What rows mean that call things by name: of the areas that are there, and of the file's own."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        names = Level.objects.values_list("code", "name_zh", "name_en")
        self.levels = {called: code for code, *both in names for called in both if called}
        found = Area.objects.filter(active=True).values_list(
            "level__code", "code", "name_zh", "name_en", "parent__code"
        )
        self.areas = set(found)
        self.codes = {code for _level, code, *_ in self.areas}
        self.codes |= {row["code"] for row in rows if row["code"]}

    def drafts(self) -> dict[str, list[AreaDraft]]:
        """The rows by level, each with its code. Raises Invalid with every row that is not clear."""
        told: dict[str, list[AreaDraft]] = {}
        mistakes: list[Mistake] = []
        for row in self.rows:
            try:
                told.setdefault(self._level(row), []).append(self._draft(row))
            except Invalid as refusal:
                column = row.heads.get(refusal.field, refusal.field)
                mistakes.append(Mistake(row.number, column, str(refusal.message), row.sheet))
        refuse_mistakes(mistakes)
        return told

    def _level(self, row: Row) -> str:
        return self.levels.get(row["level"], row["level"])

    def _draft(self, row: Row) -> AreaDraft:
        parent = self._parent(row)
        return AreaDraft(
            row["code"] or self._known(row, parent), row["name_zh"], row["name_en"] or None,
            parent_code=parent or None,
        )  # fmt: skip

    def _parent(self, row: Row) -> str:
        """The code of what lies above: told as such, or by its name, in the file or known."""
        called, level = row["parent_code"], self._level(row)
        if not called or called in self.codes:
            return called
        found = {code for at, code, *names, _above in self.areas if called in names and at != level}
        found |= {
            one["code"] for one in self.rows
            if one["name_zh"] == called and self._level(one) != level and one["code"]
        }  # fmt: skip
        if len(found) > 1:
            raise Invalid("area.name_twice", _several(), field="parent_code")
        return next(iter(found), called)

    def _known(self, row: Row, parent: str) -> str:
        """The code of the one known area of this level and name, beneath `parent` where it says so."""
        level = self._level(row)
        found = {
            code for at, code, *names, above in self.areas
            if at == level and row["name_zh"] in names and parent in ("", above)
        }  # fmt: skip
        if len(found) == 1:
            return found.pop()
        if found:
            raise Invalid("area.name_twice", _several(), field="name_zh")
        words = _("No area of this level is called so yet: a new one needs its code.")
        raise Invalid("area.name_unknown", words, field="name_zh")


def _several() -> str:
    return _("Several areas are called so: give the code.")
