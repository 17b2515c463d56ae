"""The catalogue's history: each fact in a sentence, with what was and what became."""

from typing import Any

from django.utils.translation import gettext as _

from gulou.kit.changes import Change, Detail
from gulou.outbox.models import Event

from . import current
from .current import RuleRef
from .models import Rule
from .operations.undo import can_take_back
from .rule_words import RuleWords

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
