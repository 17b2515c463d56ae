"""Making somebody responsible for something somewhere, and ending that."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts
from gulou.catalogue.models import Category, Condition, Rule
from gulou.catalogue.rulebook import NOT_SET_YET
from gulou.catalogue.states import Lead
from gulou.kit.errors import Conflict, Invalid, NotFound, Refusal
from gulou.kit.facts import salted_digest
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people.models import User
from gulou.people.queries import today, unit_refs
from gulou.places.models import Area

from . import allow

REASON_LENGTH = 200


@dataclass(frozen=True)
class _Scope:
    """What a rule is about. None means any."""

    area_id: int | None
    category_id: int | None
    condition_id: int | None


class RuleContradicts(Conflict):
    """A rule says something about exactly the same already: the one with this id."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(
            "catalogue.rule_contradicts",
            _(
                "Rule %(rule)s already says who is responsible for exactly this, from %(since)s"
                " on. End it first, or name an area, a category or a condition more closely."
            )
            % {"rule": rule.pk, "since": rule.since.isoformat()},
        )
        self.rule_id = rule.pk


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """What a rule shall say. `lead` "unit" wants `unit_id`; "street" and "community" take whoever
    looks after the place. It holds from `since` (today) up to the day before `until` (no end)."""

    area_id: int | None = None
    category_id: int | None = None
    condition_id: int | None = None
    lead: str = Lead.UNIT
    unit_id: int | None = None
    assisting_ids: Sequence[int] = ()
    certain: bool = False
    verify_first: bool = False
    reason: str = ""
    since: date | None = None
    until: date | None = None

    def checked(self) -> "RuleDraft":
        """The same in order. Raises Invalid for what does not fit together."""
        _check_scope(self.scope)
        _check_lead(self.lead, self.unit_id)
        assisting = tuple(dict.fromkeys(self.assisting_ids))
        _check_assisting(assisting, self.unit_id)
        reason, since = clean(self.reason), self.since or today()
        if len(reason) > REASON_LENGTH:
            raise Invalid(
                "catalogue.reason_too_long",
                _("At most %(count)s characters fit here.") % {"count": REASON_LENGTH},
                field="reason",
            )
        if self.until is not None and self.until <= since:
            raise Invalid(
                "catalogue.rule_ends_first",
                _("The rule would end before it begins. Choose a later day."),
                field="until",
            )
        return replace(self, assisting_ids=assisting, reason=reason, since=since)

    @property
    def scope(self) -> "_Scope":
        """What it is about."""
        return _Scope(self.area_id, self.category_id, self.condition_id)

    @property
    def begins(self) -> date:
        """The first day on which it holds."""
        return self.since or today()

    def as_ref(self) -> current.RuleRef:
        """The rule as the routing would know it, were it set."""
        return current.RuleRef(
            id=NOT_SET_YET, area_id=self.area_id, category_id=self.category_id,
            condition_id=self.condition_id, lead=str(self.lead), unit_id=self.unit_id,
            certain=self.certain, verify_first=self.verify_first, reason=self.reason,
            since=self.begins, until=self.until, assisting_ids=tuple(self.assisting_ids),
        )  # fmt: skip


@transaction.atomic
@current.changing()
def set_rule(
    *,
    by: User | str,
    area_id: int | None = None,
    category_id: int | None = None,
    condition_id: int | None = None,
    lead: str = Lead.UNIT,
    unit_id: int | None = None,
    assisting_ids: Sequence[int] = (),
    certain: bool = False,
    verify_first: bool = False,
    reason: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Rule:
    """Say who is responsible for a category (a class, a subclass, None: any) in an area (None:
    the whole district) under a condition (None: any).

    `lead` "unit" wants `unit_id`; "street" and "community" take whoever looks after the place.
    It holds from `since` (today) up to the day before `until` (without end). Raises Invalid for
    what does not fit together, RuleContradicts where a rule for exactly the same is in force then.
    """
    actor = allow.actor_of(by)
    draft = RuleDraft(
        area_id=area_id, category_id=category_id, condition_id=condition_id, lead=lead,
        unit_id=unit_id, assisting_ids=assisting_ids, certain=certain, verify_first=verify_first,
        reason=reason, since=since, until=until,
    )  # fmt: skip
    return _set(draft, actor)


@transaction.atomic
@current.changing()
def set_rule_decided(
    draft: RuleDraft, *, instead_of: int | None, by: User, decided_in: str
) -> Rule:
    """The same for the rule that a decision makes, in place of that one where one says something
    about exactly this. `decided_in` is the number of the case; that the person may decide there,
    the caller has checked."""
    if instead_of is None:
        return _set(draft, by.actor, decided_in)
    return _change(instead_of, draft, by.actor, decided_in)


def _set(draft: RuleDraft, actor: str, decided_in: str = "") -> Rule:
    draft = draft.checked()
    _check_alone(draft)
    rule = _create(draft)
    _record_set(rule, tuple(draft.assisting_ids), actor=actor, decided_in=decided_in)
    return rule


@transaction.atomic
@current.changing()
def change_rule(rule_id: int, draft: RuleDraft, *, by: User | str) -> Rule:
    """Let a rule say something else from `draft.since` (today) on: it ends, and a new one begins.

    What it decided before stays decided and explained. Raises Refusal for a rule that is over,
    Invalid for a day that is past, RuleContradicts as `set_rule`.
    """
    return _change(rule_id, draft, allow.actor_of(by))


def _change(rule_id: int, draft: RuleDraft, actor: str, decided_in: str = "") -> Rule:
    old = _locked(rule_id)
    draft = draft.checked()
    if draft.begins < today():
        raise Invalid(
            "catalogue.rule_changes_in_the_past",
            _("Cases were sent by this rule until today, so it cannot change earlier."),
            field="since",
        )
    _check_not_over(old, draft.begins)
    if _says(old) == replace(draft, since=old.since):
        raise Refusal("catalogue.same_rule", _("The rule says exactly this already."))
    before, old.until = old.until, max(draft.begins, old.since)
    old.save(update_fields=["until"])
    _check_alone(draft)
    rule = _create(draft)
    ended = facts.RuleEnded(
        until=old.until.isoformat(), until_before=_iso(before), replaced_by=rule.pk
    )
    record(ended, subject=old, actor=actor)
    _record_set(
        rule, tuple(draft.assisting_ids), actor=actor, replaces=old.pk, decided_in=decided_in
    )
    return rule


@transaction.atomic
def try_rule(draft: RuleDraft, *, instead_of: int | None, by: User | str) -> None:
    """Refuse what setting this rule (or changing that one into it) would refuse; change nothing."""
    if instead_of is None:
        set_rule(by=by, **asdict(draft))
    else:
        change_rule(instead_of, draft, by=by)
    transaction.set_rollback(True)


@transaction.atomic
@current.changing()
def end_rule(rule_id: int, *, by: User | str, on: date | None = None) -> Rule:
    """The rule no longer holds from this day (today) on. What it decided before stays decided.

    A rule that has not begun yet never will. Raises Invalid for a day that is past.
    """
    actor = allow.actor_of(by)
    rule = _locked(rule_id)
    day = on or today()
    if day < today():
        raise Invalid(
            "catalogue.rule_ends_in_the_past",
            _("Cases were sent by this rule until today, so it cannot end earlier."),
            field="on",
        )
    _check_not_over(rule, day)
    before, rule.until = rule.until, max(day, rule.since)
    rule.save(update_fields=["until"])
    fact = facts.RuleEnded(until=rule.until.isoformat(), until_before=_iso(before))
    record(fact, subject=rule, actor=actor)
    return rule


@transaction.atomic
@current.changing()
def resume_rule(rule_id: int, *, until: date | None, by: User | str) -> Rule:
    """Bring back a rule that ended, or that is going to: the opposite of `end_rule`.

    Before its last day is over its end is taken back, up to `until`. Later it is set again from
    today on, as a new rule: for the days between nobody can say any more that it held.
    """
    actor = allow.actor_of(by)
    rule = _locked(rule_id)
    if rule.until is None or (until is not None and until <= today()):
        raise Refusal("catalogue.rule_not_ended", _("There is no end of this rule to take back."))
    begins = rule.since if rule.until >= today() else today()
    draft = replace(_says(rule), since=begins, until=until).checked()
    if rule.until < today():
        _check_alone(draft)
        again = _create(draft)
        _record_set(again, tuple(draft.assisting_ids), actor=actor, replaces=rule.pk, again=True)
        return again
    _check_alone(draft, but=rule.pk)
    fact = facts.RuleReopened(until=_iso(until), until_before=rule.until.isoformat())
    rule.until = until
    rule.save(update_fields=["until"])
    record(fact, subject=rule, actor=actor)
    return rule


@transaction.atomic
@current.changing()
def unchange_rule(rule_id: int, *, old_id: int, until: date | None, by: User | str) -> Rule:
    """End a rule that took another's place, and bring that one back: opposite of `change_rule`."""
    end_rule(rule_id, by=by)
    return resume_rule(old_id, until=until, by=by)


def _locked(rule_id: int) -> Rule:
    rule = Rule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("catalogue.no_such_rule", _("There is no such rule."))
    return rule


def _create(draft: RuleDraft) -> Rule:
    rule = Rule.objects.create(
        area_id=draft.area_id, category_id=draft.category_id, condition_id=draft.condition_id,
        lead=draft.lead, unit_id=draft.unit_id, certain=draft.certain,
        verify_first=draft.verify_first, reason=draft.reason, since=draft.begins,
        until=draft.until,
    )  # fmt: skip
    rule.assisting.set(draft.assisting_ids)
    return rule


def _says(rule: Rule) -> RuleDraft:
    """What a rule says, as a draft of itself."""
    return RuleDraft(
        area_id=rule.area_id, category_id=rule.category_id, condition_id=rule.condition_id,
        lead=str(rule.lead), unit_id=rule.unit_id,
        assisting_ids=tuple(rule.assisting.order_by("pk").values_list("pk", flat=True)),
        certain=rule.certain, verify_first=rule.verify_first, reason=rule.reason,
        since=rule.since, until=rule.until,
    )  # fmt: skip


def _check_not_over(rule: Rule, day: date) -> None:
    if rule.until is not None and rule.until <= max(day, rule.since):
        raise Refusal(
            "catalogue.rule_ended_already",
            _("This rule ends on %(until)s already.") % {"until": rule.until.isoformat()},
        )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def carry(rule: Rule, *, category: Category, condition: Condition | None, actor: str) -> Rule:
    """Set the same rule for the same category of a new edition. In the caller's transaction."""
    since = max(rule.since, today())
    new = Rule.objects.create(
        area_id=rule.area_id, category=category, condition=condition, lead=rule.lead,
        unit_id=rule.unit_id, certain=rule.certain, verify_first=rule.verify_first,
        reason=rule.reason, since=since, until=rule.until,
    )  # fmt: skip
    assisting = tuple(rule.assisting.order_by("pk").values_list("pk", flat=True))
    new.assisting.set(assisting)
    _record_set(new, assisting, actor=actor, carried_from=rule.pk)
    return new


def not_over(day: date) -> Q:
    """Rules that hold on this day or later."""
    return Q(until=None) | Q(until__gt=day)


def _check_scope(scope: _Scope) -> None:
    if scope.area_id is not None and not Area.objects.filter(pk=scope.area_id, active=True):
        raise Invalid(
            "catalogue.area_unknown", _("There is no such area on the map now."), field="area"
        )
    if (
        scope.category_id is not None
        and not Category.objects.filter(pk=scope.category_id, active=True).exists()
    ):
        raise Invalid(
            "catalogue.category_unknown",
            _("There is no such category. Choose one from the list."),
            field="category",
        )
    if scope.condition_id is not None and not _belongs(scope.condition_id, scope.category_id):
        raise Invalid(
            "catalogue.condition_unknown",
            _("This condition does not belong to the category. Choose one from the list."),
            field="condition",
        )


def _belongs(condition_id: int, category_id: int | None) -> bool:
    if category_id is None:
        return False
    return Condition.objects.filter(pk=condition_id, category_id=category_id).exists()


def _check_lead(lead: str, unit_id: int | None) -> None:
    if lead not in Lead.values:
        raise Invalid("catalogue.lead_unknown", _("Say who leads."), field="lead")
    if lead == Lead.UNIT and unit_id is None:
        raise Invalid("catalogue.unit_missing", _("Choose the unit that leads."), field="unit")
    if lead != Lead.UNIT and unit_id is not None:
        raise Invalid(
            "catalogue.unit_and_level",
            _("Either name a unit, or take whoever looks after the place: not both."),
            field="unit",
        )
    if unit_id is not None:
        _check_at_work(unit_id, field="unit")


def _check_assisting(unit_ids: Sequence[int], lead_id: int | None) -> None:
    for unit_id in unit_ids:
        if unit_id == lead_id:
            raise Invalid(
                "catalogue.assists_itself",
                _("The unit that leads cannot also assist."),
                field="assisting",
            )
        _check_at_work(unit_id, field="assisting")


def _check_at_work(unit_id: int, *, field: str) -> None:
    unit = unit_refs().get(unit_id)
    if unit is None or not unit.active:
        raise Invalid(
            "catalogue.unit_unknown", _("There is no such unit, or it is dissolved."), field=field
        )


def _check_alone(draft: RuleDraft, *, but: int | None = None) -> None:
    """No other rule says something about exactly the same at the same time."""
    same = Rule.objects.filter(not_over(draft.begins), **asdict(draft.scope))
    if but is not None:
        same = same.exclude(pk=but)
    if draft.until is not None:
        same = same.filter(since__lt=draft.until)
    other = same.exclude(until__lte=F("since")).order_by("since").first()
    if other is not None:
        raise RuleContradicts(other)


def _record_set(
    rule: Rule, assisting: tuple[int, ...], *, actor: str, carried_from: int | None = None,
    replaces: int | None = None, again: bool = False, decided_in: str = "",
) -> None:  # fmt: skip
    record(
        facts.RuleSet(
            area_id=rule.area_id, category_id=rule.category_id, condition_id=rule.condition_id,
            lead=str(rule.lead), unit_id=rule.unit_id, assisting_ids=assisting,
            certain=rule.certain, verify_first=rule.verify_first,
            reason_digest=salted_digest(str(rule.uid), rule.reason) if rule.reason else "",
            since=rule.since.isoformat(), until=rule.until.isoformat() if rule.until else "",
            carried_from=carried_from, replaces=replaces, again=again,
            decided_in=decided_in,
        ),
        subject=rule, actor=actor,
    )  # fmt: skip
