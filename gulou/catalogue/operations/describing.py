"""Describing things of the catalogue anew: categories, conditions, reasons, channels.

Each writes only what differs, and records what it was and what it became. Told the same again,
nothing happens.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts, imprint, queries
from gulou.catalogue.facts import Particulars
from gulou.catalogue.models import (
    Category,
    Channel,
    CodeSet,
    Condition,
    Elsewhere,
    Imprint,
    Reason,
)
from gulou.catalogue.states import ChannelCode, TimeUnit
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.words import clean
from gulou.outbox.models import Chained
from gulou.outbox.record import record
from gulou.people.models import User

from . import allow

By = User | str
Told = Mapping[str, Any]
M = TypeVar("M", bound=Model)

CATEGORY = ("name_zh", "name_en", "hint_zh", "hint_en", "icon", "closing_zh", "closing_en",
            "evidence", "public_rank", "position")  # fmt: skip
CONDITION = ("name_zh", "name_en")
REASON = ("name_zh", "name_en", "public_zh", "public_en")
ELSEWHERE = ("kind", "name_zh", "name_en", "number", "words_zh", "words_en", "keywords", "rank")
CHANNEL = ("is_open", "number", "hours_zh", "hours_en", "closed_zh", "closed_en")

_OWN_NUMBERS = range(99, 0, -1)


@transaction.atomic
@current.changing()
def describe_category(category_id: int, told: Told, *, by: By) -> Category:
    """Give a category other names, hints, icon, evidence, or place. `public_rank` 0: staff only.
    Its code stays, and so do the cases that have it."""
    actor = allow.actor_of(by)
    category = _locked(Category, category_id)
    before, after = _tell(category, told, CATEGORY)
    if after:
        fact = facts.CategoryChanged(category_id=category.pk, before=before, after=after)
        record(fact, subject=_code_set(category.code_set_id), actor=actor)
    return category


@transaction.atomic
@current.changing()
def add_category(class_id: int, told: Told, *, amount: int, time_unit: str, by: By) -> Category:
    """A subclass of the office's own in the current edition, with its ordinary condition and limit.

    It takes the highest free number of its class, as the standard has it for additions.
    """
    actor = allow.actor_of(by)
    above = _locked(Category, class_id)
    if above.parent_id is not None or not above.active or not above.code_set.current:
        raise Invalid(
            "catalogue.no_class", _("Choose a class of the current edition."), field="parent"
        )
    taken = set(Category.objects.filter(parent=above).values_list("code", flat=True))
    code = next((c for n in _OWN_NUMBERS if (c := f"{above.code}.{n:02}") not in taken), None)
    if code is None:
        raise Refusal("catalogue.class_full", _("This class has no free number left."))
    category = Category(code_set_id=above.code_set_id, parent=above, kind=above.kind, code=code)
    _before, after = _tell(category, told, CATEGORY, new=True)
    fact = facts.CategoryChanged(category_id=category.pk, before={}, after={**after, "code": code})
    record(fact, subject=_code_set(above.code_set_id), actor=actor)
    add_condition(
        category.pk, {"name_zh": "一般", "name_en": "Ordinary"}, amount=amount,
        time_unit=time_unit, by=by,
    )  # fmt: skip
    return category


@transaction.atomic
@current.changing()
def restore_categories(category_ids: tuple[int, ...], *, by: By) -> None:
    """Offer retired categories again. What is below a class that stays retired cannot be."""
    actor = allow.actor_of(by)
    found = list(Category.objects.select_for_update().filter(pk__in=category_ids, active=False))
    if not found:
        raise Refusal("catalogue.not_retired", _("This category is in use."))
    ids = tuple(sorted(one.pk for one in found))
    if Category.objects.filter(children__in=found, active=False).exclude(pk__in=ids).exists():
        raise Refusal(
            "catalogue.class_retired", _("The class above is retired. Bring it back first.")
        )
    Category.objects.filter(pk__in=ids).update(active=True)
    first = min(found, key=lambda one: one.code)
    fact = facts.CategoryRestored(category_ids=ids, code=first.code)
    record(fact, subject=_code_set(first.code_set_id), actor=actor)


@transaction.atomic
@current.changing()
def add_condition(
    category_id: int, told: Told, *, amount: int, time_unit: str, by: By
) -> Condition:
    """A further filing condition with a limit of its own; the first of a category is its ordinary
    one."""
    actor = allow.actor_of(by)
    category = _locked(Category, category_id)
    if category.parent_id is None:
        raise Refusal("catalogue.class_has_none", _("Conditions belong to subclasses."))
    if time_unit not in TimeUnit.values or not 1 <= amount <= 32767:
        raise Invalid(
            "catalogue.amount",
            _("A limit is a whole number from 1 to %(most)s.") % {"most": 32767},
            field="amount",
        )
    known = list(Condition.objects.filter(category=category))
    code = str(max([int(one.code) for one in known if one.code.isdecimal()], default=0) + 1)
    condition = Condition(
        category=category, code=code, amount=amount, time_unit=time_unit, is_default=not known
    )
    _before, after = _tell(condition, told, CONDITION, new=True)
    told_all: Particulars = {**after, "amount": amount, "time_unit": time_unit}
    fact = facts.ConditionChanged(condition_id=condition.pk, before={}, after=told_all)
    record(fact, subject=_code_set(category.code_set_id), actor=actor)
    return condition


@transaction.atomic
@current.changing()
def describe_condition(condition_id: int, told: Told, *, by: By) -> Condition:
    """Give a condition other names, make it the ordinary one (`is_default`), or offer it no longer
    (`active`). Raises Refusal where it is in use: the ordinary one, or named by a rule."""
    actor = allow.actor_of(by)
    condition = _locked(Condition, condition_id)
    if told.get("active") is False and condition.active:
        _check_condition_free(condition)
    if told.get("is_default") is False and condition.is_default:
        raise Refusal(
            "catalogue.needs_ordinary", _("Choose another condition as the ordinary one instead.")
        )
    if told.get("is_default") and not condition.is_default:
        if not told.get("active", condition.active):
            raise Refusal("catalogue.condition_retired", _("This condition is no longer offered."))
        others = Condition.objects.filter(category_id=condition.category_id, is_default=True)
        others.update(is_default=False)
    before, after = _tell(condition, told, (*CONDITION, "is_default", "active"))
    if after:
        fact = facts.ConditionChanged(condition_id=condition.pk, before=before, after=after)
        record(fact, subject=_code_set(condition.category.code_set_id), actor=actor)
    return condition


@transaction.atomic
@current.changing()
def add_reason(kind: str, told: Told, *, by: By) -> Reason:
    """A further reason to choose from for a kind of move."""
    actor = allow.actor_of(by)
    codes = set(Reason.objects.filter(kind=kind).values_list("code", flat=True))
    reason = Reason(kind=kind, code=_own_code(codes))
    _before, after = _tell(reason, {**told, "kind": kind}, (*REASON, "kind"), new=True)
    fact = facts.ReasonChanged(reason_id=reason.pk, before={}, after=after)
    record(fact, subject=_present_set(), actor=actor)
    return reason


@transaction.atomic
@current.changing()
def describe_reason(reason_id: int, told: Told, *, by: By) -> Reason:
    """Give a reason other words, or offer it no longer (`active`); cases that have it keep it.

    Raises Refusal for the last one of its kind: a move that needs a reason could not be made.
    """
    actor = allow.actor_of(by)
    reason = _locked(Reason, reason_id)
    others = Reason.objects.filter(kind=reason.kind, active=True).exclude(pk=reason.pk)
    if told.get("active") is False and not others.exists():
        raise Refusal(
            "catalogue.last_reason",
            _("It is the last reason of its list, and the move needs one. Add another first."),
        )
    before, after = _tell(reason, told, (*REASON, "active"))
    if after:
        fact = facts.ReasonChanged(reason_id=reason.pk, before=before, after=after)
        record(fact, subject=_present_set(), actor=actor)
    return reason


@transaction.atomic
@current.changing()
def add_elsewhere(told: Told, *, by: By) -> Elsewhere:
    """A further place where somebody is better helped than by a report."""
    actor = allow.actor_of(by)
    one = Elsewhere(code=_own_code(set(Elsewhere.objects.values_list("code", flat=True))))
    _before, after = _tell(one, told, ELSEWHERE, new=True)
    fact = facts.ElsewhereChanged(elsewhere_id=one.pk, before={}, after=after)
    record(fact, subject=_present_set(), actor=actor)
    return one


@transaction.atomic
@current.changing()
def describe_elsewhere(elsewhere_id: int, told: Told, *, by: By) -> Elsewhere:
    """Describe it anew, or show it no longer (`active`)."""
    actor = allow.actor_of(by)
    one = _locked(Elsewhere, elsewhere_id)
    before, after = _tell(one, told, (*ELSEWHERE, "active"))
    if after:
        fact = facts.ElsewhereChanged(elsewhere_id=one.pk, before=before, after=after)
        record(fact, subject=_present_set(), actor=actor)
    return one


@transaction.atomic
@current.changing()
def describe_channel(code: str, told: Told, *, by: By) -> Channel:
    """Open or close a way by which reports come or answers go, and say what the public reads."""
    actor = allow.actor_of(by)
    if code not in ChannelCode.values:
        raise NotFound("catalogue.no_such_channel", _("There is no such channel."))
    Channel.objects.bulk_create([Channel(code=code)], ignore_conflicts=True)
    channel = Channel.objects.select_for_update().get(code=code)
    before, after = _tell(channel, told, CHANNEL)
    if after:
        fact = facts.ChannelChanged(channel_id=channel.pk, before=before, after=after)
        record(fact, subject=channel, actor=actor)
    return channel


@transaction.atomic
@imprint.changing()
def describe_imprint(told: Told, *, by: By) -> Imprint:
    """Say otherwise what the public reads of the office on every page."""
    actor = allow.actor_of(by)
    Imprint.objects.bulk_create([Imprint()], ignore_conflicts=True)
    row = Imprint.objects.select_for_update().get(only=True)
    before, after = _tell(row, told, imprint.FIELDS)
    if after:
        fact = facts.ImprintChanged(imprint_id=row.pk, before=before, after=after)
        record(fact, subject=row, actor=actor)
    return row


def _tell(
    row: Model, told: Told, names: tuple[str, ...], *, new: bool = False
) -> tuple[Particulars, Particulars]:
    """Write into the row what differs, and save it. What was and what became of each field.

    Raises Invalid that names the field: too long, missing, or not one of the choices.
    """
    before: Particulars = {}
    after: Particulars = {}
    for name in names:
        if name not in told:
            continue
        field: Any = row._meta.get_field(name)
        given = told[name]
        value = clean(given) if isinstance(given, str) else given
        try:
            value = field.clean(value, row)
        except ValidationError as wrong:
            raise Invalid("catalogue.bad_value", wrong.messages[0], field=name) from wrong
        was = getattr(row, name)
        if value != was or new:
            before[name], after[name] = was, value
            setattr(row, name, value)
    if new:
        row.full_clean(exclude=[f.name for f in row._meta.fields if f.name not in names])
        row.save(force_insert=True)
    elif after:
        row.save(update_fields=sorted(after))
    return before, after


def _locked(model: type[M], pk: int) -> M:
    found = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound("catalogue.no_such_thing", _("This is not in the catalogue."))
    return found


def _code_set(pk: int) -> Chained:
    return CodeSet.objects.select_for_update().get(pk=pk)


def _present_set() -> Chained:
    return _code_set(queries.current_code_set().id)


def _own_code(taken: set[str]) -> str:
    """A code of the office's own: what it names is said by its words."""
    return next(code for n in range(1, len(taken) + 2) if (code := f"own{n}") not in taken)


def _check_condition_free(condition: Condition) -> None:
    if condition.is_default:
        raise Refusal(
            "catalogue.needs_ordinary", _("Choose another condition as the ordinary one instead.")
        )
    if rules := queries.rules_about(condition_id=condition.pk):
        raise Refusal(
            "catalogue.condition_in_use",
            _("These rules name the condition: %(rules)s. End or change them first.")
            % {"rules": ", ".join(str(rule.id) for rule in rules)},
        )
