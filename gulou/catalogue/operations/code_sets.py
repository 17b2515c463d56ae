"""Bringing in an edition of the list of categories, choosing the current one, retiring a category."""

from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts
from gulou.catalogue.files import Edition, class_code, read_edition
from gulou.catalogue.models import Category, CodeSet, Condition, Rule
from gulou.kit.errors import Conflict, NotFound, Refusal
from gulou.outbox.record import record
from gulou.people.models import User
from gulou.people.queries import today

from . import allow, rules


@dataclass(frozen=True)
class Loaded:
    """What came of loading an edition.

    `created` is False where it was there already. `carried` rules of the edition before now hold
    for this one too; `left` rules do not, because the category or condition they name has another
    name here or is gone: somebody has to look at them.
    """

    code_set: CodeSet
    created: bool
    carried: int = 0
    left: tuple[int, ...] = ()


@transaction.atomic
@current.changing()
def load_code_set(
    folder: Path, *, by: User | str, make_current: bool = True, dry_run: bool = False
) -> Loaded:
    """Bring in the edition in this folder. The same edition twice changes nothing; a dry run writes
    nothing and answers the same.

    Editions that are there already stay as they are, and so do the cases filed under them. Raises
    Invalid for files that cannot be used, Conflict for a known edition with other content.
    """
    actor = allow.actor_of(by)
    edition = read_edition(folder)
    known = CodeSet.objects.filter(code=edition.code, edition=edition.edition).first()
    if known is not None:
        _check_same(known, edition)
        return Loaded(known, created=False)
    code_set = _create(edition)
    record(
        facts.CodeSetLoaded(
            code=edition.code, edition=edition.edition, digest=edition.digest,
            categories=len(edition.categories), conditions=len(edition.conditions),
            current=make_current,
        ),
        subject=code_set, actor=actor,
    )  # fmt: skip
    loaded = Loaded(code_set, created=True)
    if make_current:
        loaded = _switch(loaded, actor=actor)
    if dry_run:
        transaction.set_rollback(True)
    return loaded


@transaction.atomic
@current.changing()
def make_current(code_set_id: int, *, by: User | str, dry_run: bool = False) -> Loaded:
    """From now on cases are filed under this edition; rules are carried over where names agree.

    A dry run writes nothing and answers the same. Raises NotFound, Refusal for the current one and
    for a list of another system, which has no limits.
    """
    actor = allow.actor_of(by)
    code_set = CodeSet.objects.select_for_update().filter(pk=code_set_id).first()
    if code_set is None:
        raise NotFound("catalogue.no_such_edition", _("There is no such edition."))
    if code_set.current:
        raise Refusal("catalogue.already_current", _("This edition is the current one already."))
    categories = Category.objects.filter(code_set=code_set)
    if categories.exists() and not categories.filter(conditions__isnull=False).exists():
        raise Refusal(
            "catalogue.foreign_list",
            _(
                "This list came with cases of another system and has no limits: nothing can be filed under it."
            ),
        )
    loaded = _switch(Loaded(code_set, created=False), actor=actor)
    if dry_run:
        transaction.set_rollback(True)
    return loaded


@transaction.atomic
@current.changing()
def retire_category(category_id: int, *, by: User | str) -> Category:
    """Offer a category, and everything below it, no longer. Cases that have it keep it."""
    actor = allow.actor_of(by)
    category = (
        Category.objects.select_for_update(of=("self",))
        .select_related("code_set")
        .filter(pk=category_id)
        .first()
    )
    if category is None:
        raise NotFound("catalogue.no_such_category", _("There is no such category."))
    if not category.active:
        raise Refusal("catalogue.retired_already", _("This category is retired already."))
    retired = Category.objects.filter(Q(pk=category.pk) | Q(parent=category), active=True)
    ids = tuple(retired.order_by("pk").values_list("pk", flat=True))
    retired.update(active=False)
    category.active = False
    code_set = CodeSet.objects.select_for_update().get(pk=category.code_set_id)
    record(
        facts.CategoryRetired(category_ids=ids, code=category.code), subject=code_set, actor=actor
    )
    return category


def _check_same(known: CodeSet, edition: Edition) -> None:
    if known.digest != edition.digest:
        raise Conflict(
            "catalogue.edition_differs",
            _(
                "%(code)s %(edition)s is here already with other content. Cases were filed under"
                " it, so it stays: give the new list an edition of its own."
            )
            % {"code": edition.code, "edition": edition.edition},
        )


def _create(edition: Edition) -> CodeSet:
    code_set = CodeSet.objects.create(
        code=edition.code, edition=edition.edition, name_zh=edition.name_zh,
        name_en=edition.name_en, digest=edition.digest,
    )  # fmt: skip
    saved: dict[str, Category] = {}
    for layer in (False, True):
        rows = [c for c in edition.categories if bool(class_code(c.code)) is layer]
        for category in rows:
            category.code_set = code_set
            category.parent = saved.get(class_code(category.code))
        saved |= {c.code: c for c in Category.objects.bulk_create(rows)}
    for code, condition in edition.conditions:
        condition.category = saved[code]
    Condition.objects.bulk_create(condition for _code, condition in edition.conditions)
    return code_set


def _switch(loaded: Loaded, *, actor: str) -> Loaded:
    """Make the edition current and carry over the rules of the one before."""
    code_set = loaded.code_set
    before = CodeSet.objects.select_for_update().filter(current=True).first()
    if before is not None:
        before.current = False
        before.save(update_fields=["current"])
    code_set.current = True
    code_set.save(update_fields=["current"])
    record(
        facts.CodeSetMadeCurrent(
            code=code_set.code, edition=code_set.edition, previous_id=before.pk if before else None
        ),
        subject=code_set, actor=actor,
    )  # fmt: skip
    if before is None:
        return loaded
    carried, left = _carry_rules(before, code_set, actor=actor)
    return replace(loaded, carried=carried, left=tuple(left))


def _carry_rules(before: CodeSet, after: CodeSet, *, actor: str) -> tuple[int, list[int]]:
    """Set again, for the new edition, the rules of the old one whose names agree.

    The old rules stay in force: cases filed under the old edition still need them.
    """
    categories = {
        (c.code, c.name_zh): c for c in Category.objects.filter(code_set=after, active=True)
    }
    conditions = {
        (c.category_id, c.code, c.name_zh): c
        for c in Condition.objects.filter(category__code_set=after)
    }
    there = set(
        Rule.objects.filter(rules.not_over(today()), category__code_set=after).values_list(
            "area_id", "category_id", "condition_id"
        )
    )
    carried, left = 0, []
    old = Rule.objects.filter(rules.not_over(today()), category__code_set=before)
    for rule in old.select_related("category", "condition").order_by("pk"):
        assert rule.category is not None  # noqa: S101 -- the filter says so
        category = categories.get((rule.category.code, rule.category.name_zh))
        condition = None
        if category is not None and rule.condition is not None:
            condition = conditions.get((category.pk, rule.condition.code, rule.condition.name_zh))
        if category is None or (rule.condition and condition is None):
            left.append(rule.pk)
        elif (rule.area_id, category.pk, condition.pk if condition else None) not in there:
            rules.carry(rule, category=category, condition=condition, actor=actor)
            carried += 1
    return carried, left
