"""The catalogue's history: each fact in a sentence, with what was and what became."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.changes import Change, Detail
from gulou.kit.words import name_of
from gulou.outbox.models import Event

from . import current
from .current import RuleRef
from .models import Elsewhere, Reason, Rule
from .operations.undo import can_take_back
from .rule_words import RuleWords
from .states import STEP_NAMES, ChannelCode, Level, RecheckWay, TimeUnit

MOST = 200


def rule_history(rule_id: int | None = None) -> list[Change]:
    """What happened to the rules (None: all), or to one with those whose place it took, the newest
    first."""
    events = Event.objects.filter(subject_kind=Rule._meta.label_lower)
    rules = {rule.id: rule for group in current.registry().rules.values() for rule in group}
    if rule_id is not None:
        events = events.filter(subject_uid__in=_line(rule_id))
    found = list(events.order_by("-id")[:MOST])
    ids = dict(
        Rule.objects.filter(uid__in={one.subject_uid for one in found}).values_list("uid", "pk")
    )
    return [_rule_change(one, rules[ids[one.subject_uid]], rules) for one in found]


def _line(rule_id: int) -> list[Any]:
    """The uids of a rule and of those before it in its place."""
    uids: list[Any] = []
    asked: int | None = rule_id
    while asked is not None:
        rule = Rule.objects.filter(pk=asked).first()
        if rule is None or rule.uid in uids:
            break
        uids.append(rule.uid)
        first = Event.objects.filter(
            subject_kind=rule.subject_kind, subject_uid=rule.uid, name="rule.set"
        ).first()
        asked = first.payload.get("replaces") if first else None
    return uids


def _rule_change(event: Event, rule: RuleRef, rules: dict[int, RuleRef]) -> Change:
    said = event.payload
    old = rules.get(said.get("replaces") or 0)
    if event.name == "rule.ended":
        what, sign = _("Rule ended"), "archive"
        details = [Detail(_("No longer holds from"), said.get("until_before", ""), said["until"])]
    elif event.name == "rule.reopened":
        what, sign = _("End taken back"), "arrow-back-up"
        details = [Detail(_("No longer holds from"), said["until_before"], said["until"])]
    elif old is not None and not said.get("again"):
        what, sign = _("Rule changed"), "pencil"
        details = [one for one in _differences(old, rule) if one.was != one.became]
    else:
        what, sign = _("Rule set"), "plus"
        details = [one for one in _differences(None, rule) if one.became]
    if said.get("decided_in"):
        details.append(Detail(_("Decided in the arbitration of"), "", said["decided_in"]))
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=can_take_back(event), of=_("Rule %(rule)s") % {"rule": rule.id},
    )  # fmt: skip


def _differences(old: RuleRef | None, new: RuleRef) -> list[Detail]:
    before = _particulars(old) if old else {}
    return [
        Detail(label, before.get(label, ""), words) for label, words in _particulars(new).items()
    ]


def _particulars(rule: RuleRef) -> dict[str, str]:
    """What a rule says, particular by particular, in the reader's language."""
    words = RuleWords()
    return {
        _("What"): str(words.what(rule)),
        _("Where"): str(words.where(rule)),
        _("Leads"): str(words.lead(rule)),
        _("Assisting"): words.assisting(rule),
        _("Certain"): _("yes") if rule.certain else "",
        _("Verified first"): _("yes") if rule.verify_first else "",
        _("Reason"): rule.reason,
        _("From"): rule.since.isoformat(),
    }


# Everything else ---------------------------------------------------------------------------------

_LABELS = {
    "name_zh": gettext_lazy("Called"), "name_en": gettext_lazy("Name in English"), "hint_zh": gettext_lazy("Hint"),
    "hint_en": gettext_lazy("Hint in English"), "icon": gettext_lazy("Icon"),
    "closing_zh": gettext_lazy("Closing condition"), "closing_en": gettext_lazy("Closing condition in English"),
    "evidence": gettext_lazy("Evidence"), "public_rank": gettext_lazy("Place among what residents are offered"),
    "position": gettext_lazy("Place in the list"), "is_default": gettext_lazy("The ordinary one"),
    "active": gettext_lazy("In use"), "public_zh": gettext_lazy("What a resident reads"),
    "public_en": gettext_lazy("What a resident reads, in English"), "kind": gettext_lazy("Kind"),
    "number": gettext_lazy("Telephone number"), "words_zh": gettext_lazy("Words"), "words_en": gettext_lazy("Words in English"),
    "keywords": gettext_lazy("Keywords"), "rank": gettext_lazy("Place in the list"), "is_open": gettext_lazy("Open now"),
    "address_zh": gettext_lazy("Address"), "address_en": gettext_lazy("Address in English"),
    "complaint_number": gettext_lazy("Telephone for complaints"), "complaint_zh": gettext_lazy("How one complains"),
    "complaint_en": gettext_lazy("How one complains, in English"), "icp_number": gettext_lazy("ICP number"),
    "police_number": gettext_lazy("Number of the police's register"),
    "hours_zh": gettext_lazy("Hours"), "hours_en": gettext_lazy("Hours in English"),
    "closed_zh": gettext_lazy("Words while closed"), "closed_en": gettext_lazy("Words while closed, in English"),
    "way": gettext_lazy("Recheck"), "blind_share": gettext_lazy("Rechecked independently, percent"),
    "first_days": gettext_lazy("First look-back, days after closing"), "first_share": gettext_lazy("First look-back, percent"),
    "second_days": gettext_lazy("Second look-back, days after closing"), "second_share": gettext_lazy("Second look-back, percent"),
    "amount": gettext_lazy("Limit"), "time_unit": gettext_lazy("Unit of time"), "code": gettext_lazy("Code"),
}  # fmt: skip

CATEGORIES = ("category.changed", "category.retired", "category.restored", "condition.changed",
              "limit.set", "code_set.made_current", "code_set.loaded")  # fmt: skip
CHECKINGS = ("checking.set",)
LIMITS = ("limit.set", "limit.special_set", "limit.marks_set")
EDITIONS = ("code_set.made_current", "code_set.loaded")
REASONS = ("reason.changed",)
ELSEWHERE = ("elsewhere.changed",)
CHANNELS = ("channel.changed",)
IMPRINT = ("imprint.changed",)


def history(names: Sequence[str], *, category_id: int | None = None) -> list[Change]:
    """What happened under these names, the newest first; of one category with its conditions."""
    events = Event.objects.filter(subject_kind__startswith="catalogue.", name__in=names)
    if category_id is not None:
        conditions = [
            one.id for one in current.registry().conditions.values()
            if one.category_id == category_id
        ]  # fmt: skip
        events = events.filter(
            Q(payload__category_id=category_id)
            | Q(payload__category_ids__contains=[category_id])
            | Q(payload__condition_id__in=conditions)
        )
    return [_change(event) for event in events.order_by("-id")[:MOST]]


def _change(event: Event) -> Change:
    said = event.payload
    what, sign = _SAID.get(event.name, (_("Changed"), "pencil"))
    before, after = said.get("before", {}), said.get("after", {})
    details = [
        Detail(_LABELS.get(name, name), _plain(before.get(name, "")), _plain(after[name]))
        for name in after
        if after[name] != "" or before.get(name)
    ]
    if after and not before:
        what, sign = _("Added"), "plus"
    if event.name == "checking.set":
        if before and not after:
            what, sign = _("As for all others again"), "arrow-back-up"
        details = [
            Detail(_LABELS[name], _said_of(name, before), _said_of(name, after))
            for name in _CHECKING if _said_of(name, before) != _said_of(name, after)
        ]  # fmt: skip
    if event.name == "limit.marks_set":
        details = [Detail(_("Who is told when"), _marks(before), _marks(after))]
    if event.name in ("limit.set", "limit.special_set"):
        details = [Detail(
            _("Limit"), _limit(said["amount_before"], said["time_unit_before"]),
            _limit(said["amount"], said["time_unit"]),
        )]  # fmt: skip
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=can_take_back(event), of=_of(event),
    )  # fmt: skip


_SAID: dict[str, tuple[Any, str]] = {
    "category.retired": (gettext_lazy("Retired"), "archive"),
    "category.restored": (gettext_lazy("Brought back"), "arrow-back-up"),
    "limit.set": (gettext_lazy("Limit changed"), "clock"),
    "limit.special_set": (gettext_lazy("Limit of its own changed"), "clock"),
    "limit.marks_set": (gettext_lazy("Warnings changed"), "bell"),
    "code_set.loaded": (gettext_lazy("Edition loaded"), "file-plus"),
    "code_set.made_current": (gettext_lazy("Edition made current"), "check"),
}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return " ".join(value) if isinstance(value, list) else str(value)


def _marks(told: dict[str, list[str]]) -> str:
    pairs = [one.split() for one in told["marks"]]
    return "; ".join(f"{percent} % {Level(level).label}" for percent, level in pairs)


_CHECKING = ("way", "blind_share", "first_days", "first_share", "second_days", "second_share")


def _said_of(name: str, told: dict[str, Any]) -> str:
    if name not in told:
        return ""
    return str(RecheckWay(told[name]).label) if name == "way" else str(told[name])


def _limit(amount: int, unit: str) -> str:
    if not amount:
        return ""
    return f"{amount} {TimeUnit(unit).label}"


def _of(event: Event) -> str:
    """The name of the thing that a fact is about."""
    said, registry = event.payload, current.registry()
    if event.name == "limit.marks_set":
        return ""
    if event.name == "checking.set" and said["category_id"] is None:
        return _("All other categories")
    if said.get("step_kind") and not said.get("category_id"):
        return str(STEP_NAMES.get(said["step_kind"], said["step_kind"]))
    condition = registry.conditions.get(said.get("condition_id") or 0)
    category = registry.categories.get(
        said.get("category_id") or (condition.category_id if condition else 0)
    )
    if category is not None:
        step = STEP_NAMES.get(said.get("step_kind", ""))
        named = (name_of(category), name_of(condition) if condition else "", str(step or ""))
        return " · ".join(filter(None, named))
    if "imprint_id" in said:
        return ""
    if "channel_id" in said:
        channel = next(c for c in registry.channels.values() if c.id == said["channel_id"])
        return str(ChannelCode(channel.code).label)
    for model, key in ((Reason, "reason_id"), (Elsewhere, "elsewhere_id")):
        if key in said:
            return name_of(model.objects.get(pk=said[key]))
    return " ".join(filter(None, (said.get("code"), said.get("edition"))))
