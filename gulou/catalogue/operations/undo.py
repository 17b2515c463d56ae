"""Taking a change back: by its opposite, as a further fact, where nothing newer stands in the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.models import (
    Category,
    Channel,
    CodeSet,
    Condition,
    Elsewhere,
    Imprint,
    Reason,
    Rule,
    SpecialLimit,
    StepLimit,
)
from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.models import Event
from gulou.outbox.queries import fact_with_id, story
from gulou.people.models import User
from gulou.people.queries import today

from . import checkings, code_sets, describing, limits, rules
from .allow import actor_of

By = User | str


@dataclass(frozen=True)
class _Way:
    """How facts of one name are taken back. `obstacle` says what stands in the way, "" nothing."""

    obstacle: Callable[[Event], Any]
    back: Callable[[Event, By], Any]


def take_back(event_id: int, *, by: By) -> None:
    """Undo what this fact tells of. Raises Refusal in words where something newer stands in the
    way or time has passed over it, NotFound where it is no change of the catalogue, NotAllowed."""
    actor_of(by)
    event = fact_with_id(event_id)
    way = _WAYS.get(event.name) if event else None
    if event is None or way is None:
        raise NotFound("catalogue.no_such_change", _("There is nothing to take back here."))
    if words := way.obstacle(event):
        raise Refusal("catalogue.cannot_take_back", words)
    way.back(event, by)


def can_take_back(event: Event) -> bool:
    """Whether nothing stands in the way now."""
    way = _WAYS.get(event.name)
    return way is not None and not way.obstacle(event)


# Rules -----------------------------------------------------------------------------------------

_NEWER = _("This was changed again since. Take back the newer change first.")


def _rule(event: Event) -> Rule:
    return Rule.objects.get(uid=event.subject_uid)


def _over(rule: Rule) -> bool:
    return rule.until is not None and rule.until <= max(today(), rule.since)


def _set_obstacle(event: Event) -> Any:
    return (
        _("This rule has ended since, so there is nothing to take back.")
        if _over(_rule(event))
        else ""
    )


def _unset(event: Event, by: By) -> None:
    rule, old_id = _rule(event), event.payload.get("replaces")
    if old_id is None or event.payload.get("again"):
        rules.end_rule(rule.pk, by=by)
        return
    old = Rule.objects.get(pk=old_id)
    told = next(
        one for one in reversed(story(old.subject_kind, old.uid))
        if one.name == "rule.ended" and one.payload.get("replaced_by") == rule.pk
    )  # fmt: skip
    rules.unchange_rule(rule.pk, old_id=old.pk, until=_day(told.payload["until_before"]), by=by)


def _ended_obstacle(event: Event) -> Any:
    rule = _rule(event)
    if event.payload.get("replaced_by"):
        return _("Another rule took the place of this one. Take that one back.")
    if _iso(rule.until) != event.payload["until"]:
        return _NEWER
    return _("The rule was brought back already.") if _brought_back(rule) else ""


def _brought_back(rule: Rule) -> bool:
    return any(not _over(one) for one in Rule.objects.filter(
        area=rule.area_id, category=rule.category_id, condition=rule.condition_id, pk__gt=rule.pk
    ))  # fmt: skip


def _unend(event: Event, by: By) -> None:
    until = _day(event.payload.get("until_before", ""))
    rules.resume_rule(_rule(event).pk, until=until, by=by)


def _reopened_obstacle(event: Event) -> Any:
    return "" if _iso(_rule(event).until) == event.payload["until"] else _NEWER


def _end_again(event: Event, by: By) -> None:
    day = _day(event.payload["until_before"])
    rules.end_rule(_rule(event).pk, on=max(day or today(), today()), by=by)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


# Things described anew ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Thing:
    """What a fact of this kind describes, and the operation that describes it."""

    model: type[Model]
    id: str
    describe: Callable[..., Any]

    def row(self, event: Event) -> Model:
        return self.model._default_manager.get(pk=event.payload[self.id])

    def obstacle(self, event: Event) -> Any:
        """Every particular must still be what this fact made of it."""
        row, after = self.row(event), event.payload["after"]
        if not event.payload["before"]:
            return "" if getattr(row, "active", True) else _NEWER
        same = all(getattr(row, name) == value for name, value in after.items())
        return "" if same else _NEWER

    def back(self, event: Event, by: By) -> None:
        before = event.payload["before"] or {"active": False}
        row = self.row(event)
        self.describe(row.code if isinstance(row, Channel) else row.pk, before, by=by)


_CATEGORY = _Thing(Category, "category_id", describing.describe_category)
_CONDITION = _Thing(Condition, "condition_id", describing.describe_condition)
_REASON = _Thing(Reason, "reason_id", describing.describe_reason)
_ELSEWHERE = _Thing(Elsewhere, "elsewhere_id", describing.describe_elsewhere)
_CHANNEL = _Thing(Channel, "channel_id", describing.describe_channel)


_IMPRINT = _Thing(Imprint, "imprint_id", describing.describe_imprint)


def _imprint_back(event: Event, by: By) -> None:
    describing.describe_imprint(event.payload["before"], by=by)


def _category_back(event: Event, by: By) -> None:
    if event.payload["before"]:
        _CATEGORY.back(event, by)
    else:
        code_sets.retire_category(event.payload["category_id"], by=by)


def _condition_obstacle(event: Event) -> Any:
    if event.payload["before"].get("is_default") is False:
        return _("Make another condition the ordinary one instead.")
    return _CONDITION.obstacle(event)


def _active(event: Event) -> set[bool]:
    ids = event.payload["category_ids"]
    return set(Category.objects.filter(pk__in=ids).values_list("active", flat=True))


def _retired_obstacle(event: Event) -> Any:
    return _NEWER if _active(event) != {False} else ""


def _restored_obstacle(event: Event) -> Any:
    return _NEWER if _active(event) != {True} else ""


def _restore(event: Event, by: By) -> None:
    describing.restore_categories(tuple(event.payload["category_ids"]), by=by)


def _retire_again(event: Event, by: By) -> None:
    ids = event.payload["category_ids"]
    tops = Category.objects.filter(pk__in=ids).exclude(parent_id__in=ids)
    for category in tops:
        code_sets.retire_category(category.pk, by=by)


def _limit(event: Event) -> Condition | StepLimit:
    if event.payload["step_kind"]:
        return StepLimit.objects.get(step_kind=event.payload["step_kind"])
    return Condition.objects.get(pk=event.payload["condition_id"])


def _limit_obstacle(event: Event) -> Any:
    row, said = _limit(event), event.payload
    return "" if (row.amount, row.time_unit) == (said["amount"], said["time_unit"]) else _NEWER


def _limit_back(event: Event, by: By) -> None:
    said = event.payload
    was = {"amount": said["amount_before"], "time_unit": said["time_unit_before"]}
    if said["step_kind"]:
        limits.set_step_limit(said["step_kind"], **was, by=by)
    else:
        limits.set_condition_limit(said["condition_id"], **was, by=by)


def _special_obstacle(event: Event) -> Any:
    said = event.payload
    of = {name: said[name] for name in ("step_kind", "category_id", "condition_id")}
    row = SpecialLimit.objects.filter(**of).first()
    now = (row.amount, row.time_unit) if row else (0, "")
    return "" if now == (said["amount"], said["time_unit"]) else _NEWER


def _special_back(event: Event, by: By) -> None:
    said = event.payload
    limits.set_special_limit(
        said["step_kind"], category_id=said["category_id"], condition_id=said["condition_id"],
        amount=said["amount_before"], time_unit=said["time_unit_before"], by=by,
    )  # fmt: skip


def _marks_obstacle(event: Event) -> Any:
    now = [f"{percent} {level}" for percent, level in current.registry().marks]
    return "" if now == event.payload["after"]["marks"] else _NEWER


def _marks_back(event: Event, by: By) -> None:
    told = [one.split() for one in event.payload["before"]["marks"]]
    limits.set_warning_marks([(int(percent), level) for percent, level in told], by=by)


def _checking_obstacle(event: Event) -> Any:
    now = checkings.told(current.registry().checkings.get(event.payload["category_id"]))
    return "" if now == event.payload["after"] else _NEWER


def _checking_back(event: Event, by: By) -> None:
    before = event.payload["before"]
    was = CheckingRef(**before) if before else None
    checkings.set_checking(event.payload["category_id"], was, by=by)


# Editions ----------------------------------------------------------------------------------------


def _edition_obstacle(event: Event) -> Any:
    if event.payload["previous_id"] is None:
        return _("No edition was current before this one.")
    return "" if CodeSet.objects.filter(uid=event.subject_uid, current=True).exists() else _NEWER


def _edition_back(event: Event, by: By) -> None:
    code_sets.make_current(event.payload["previous_id"], by=by)


_WAYS: Mapping[str, _Way] = {
    "code_set.made_current": _Way(_edition_obstacle, _edition_back),
    "category.changed": _Way(_CATEGORY.obstacle, _category_back),
    "category.retired": _Way(_retired_obstacle, _restore),
    "category.restored": _Way(_restored_obstacle, _retire_again),
    "condition.changed": _Way(_condition_obstacle, _CONDITION.back),
    "reason.changed": _Way(_REASON.obstacle, _REASON.back),
    "elsewhere.changed": _Way(_ELSEWHERE.obstacle, _ELSEWHERE.back),
    "imprint.changed": _Way(_IMPRINT.obstacle, _imprint_back),
    "channel.changed": _Way(_CHANNEL.obstacle, _CHANNEL.back),
    "limit.set": _Way(_limit_obstacle, _limit_back),
    "limit.special_set": _Way(_special_obstacle, _special_back),
    "checking.set": _Way(_checking_obstacle, _checking_back),
    "limit.marks_set": _Way(_marks_obstacle, _marks_back),
    "rule.set": _Way(_set_obstacle, _unset),
    "rule.ended": _Way(_ended_obstacle, _unend),
    "rule.reopened": _Way(_reopened_obstacle, _end_again),
}
