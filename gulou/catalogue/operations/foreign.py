"""The categories of another system, kept as a list of their own: its cases keep their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from gulou.catalogue import current, facts
from gulou.catalogue.models import Category, CodeSet
from gulou.catalogue.states import CategoryKind
from gulou.outbox.record import record
from gulou.people.models import User

from . import allow

NAME_LENGTH = 60
Names = tuple[str, str]
"""A class and a subclass, as the other system calls them."""


@dataclass(frozen=True)
class Foreign:
    """A list of another system: its identity here, and what it is called."""

    code: str
    edition: str
    name_zh: str
    name_en: str


@transaction.atomic
@current.changing()
def take_categories(
    foreign: Foreign, names: Iterable[Names], *, by: User | str
) -> Mapping[Names, Category]:
    """The categories of these names in that list; what is missing is added. Never the current list.

    They have no limits and are not offered to anybody. Told again, nothing changes.
    """
    actor = allow.actor_of(by)
    code_set, _created = CodeSet.objects.select_for_update().get_or_create(
        code=foreign.code, edition=foreign.edition,
        defaults={"name_zh": foreign.name_zh, "name_en": foreign.name_en},
    )  # fmt: skip
    there = list(code_set.categories.select_related("parent"))
    classes = {c.name_zh: c for c in there if c.parent is None}
    known = {(c.parent.name_zh, c.name_zh): c for c in there if c.parent is not None}
    added = []
    for pair in dict.fromkeys(names):
        if pair in known:
            continue
        if pair[0] not in classes:
            classes[pair[0]] = _category(code_set, None, pair[0], len(classes) + 1)
            added.append(classes[pair[0]].pk)
        above = classes[pair[0]]
        number = sum(key[0] == pair[0] for key in known) + 1
        known[pair] = _category(code_set, above, pair[1], number)
        added.append(known[pair].pk)
    if added:
        fact = facts.CodeSetGrown(
            code=code_set.code, edition=code_set.edition, category_ids=tuple(added)
        )
        record(fact, subject=code_set, actor=actor)
    return known


def _category(code_set: CodeSet, above: Category | None, name: str, number: int) -> Category:
    code = f"{above.code}.{number:02d}" if above else f"{CategoryKind.EVENT}.{number:02d}"
    return Category.objects.create(
        code_set=code_set, parent=above, kind=CategoryKind.EVENT, code=code,
        name_zh=name[:NAME_LENGTH], name_en=name[:NAME_LENGTH],
    )  # fmt: skip
