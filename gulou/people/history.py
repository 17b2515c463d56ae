"""Who changed what of units, people and roles, from what to what: facts in sentences."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.changes import Change, Detail
from gulou.kit.words import in_language, name_of
from gulou.outbox import queries as record
from gulou.outbox.queries import Told
from gulou.people import queries, words
from gulou.people.models import Duty, Earlier, Role, Unit, User

_POSTING = ("posting.started", "posting.ended", "posting.reopened", "posting.withdrawn")
_ATTACHMENT = ("leader.attached", "leader.detached", "leader.reattached", "leader.withdrawn")
_DUTY = ("unit.leader_set", "unit.leader_withdrawn", "unit.leader_ended")
_IN_USE = ("unit.created", "unit.dissolved", "unit.reinstated")
_ACCESS = ("person.deactivated", "person.reactivated")

# What belongs together: a change can be taken back until a newer one of the same matter, and, where
# a key is named, of the same thing.
_MATTERS: Sequence[tuple[Sequence[str], str]] = (
    (_POSTING, "posting_id"),
    (_ATTACHMENT, "attachment_id"),
    (_DUTY, "duty"),
    (_IN_USE, ""),
    (_ACCESS, ""),
)
_UNDOABLE = frozenset({
    "unit.moved", "unit.renamed", "unit.described", "unit.dissolved", "unit.reinstated",
    "unit.created", "unit.leader_set", "role.defined", "person.described", "person.deactivated",
    "person.reactivated", "posting.started", "posting.ended", "leader.attached", "leader.detached",
})  # fmt: skip


def matter_of(name: str, payload: Mapping[str, Any]) -> tuple[Sequence[str], dict[str, Any]]:
    """The facts that speak of the same matter as this one, and what their payload must hold."""
    for names, key in _MATTERS:
        if name in names:
            return names, {key: payload[key]} if key else {}
    return (name,), {}


def history_of_units(unit_ids: Collection[int] | None = None) -> list[Change]:
    """What was changed of these units (None: of all), newest first."""
    units = Unit.objects.all() if unit_ids is None else Unit.objects.filter(pk__in=unit_ids)
    names = {unit.uid: name_of(unit) for unit in units}
    told = record.told(
        Unit._meta.label_lower, names=_names("unit."), uids=None if unit_ids is None else names
    )
    return _changes(told, of=names if unit_ids is None or len(names) > 1 else {})


def history_of_people(user_ids: Collection[int]) -> list[Change]:
    """What was changed of these people and where they are posted, newest first."""
    people = {user.uid: str(user) for user in User.objects.filter(pk__in=user_ids)}
    told = record.told(
        User._meta.label_lower,
        names=_names("person.", "posting.", "leader.", "password.", "second_factor.", "account."),
        uids=people,
    )
    return _changes(told, of=people if len(people) > 1 else {})


def history_of_roles(codes: Collection[str] | None = None) -> list[Change]:
    """How these roles (None: all) were defined, newest first."""
    roles = Role.objects.all() if codes is None else Role.objects.filter(code__in=codes)
    names = {role.uid: name_of(role) for role in roles}
    told = record.told(Role._meta.label_lower, names=_names("role."), uids=names)
    return _changes(told, of=names if len(names) > 1 else {})


def _names(*starts: str) -> list[str]:
    return [name for name in _SAYS if name.startswith(starts)]


def _changes(told: Sequence[Told], *, of: Mapping[UUID, str]) -> list[Change]:
    earlier = Earlier.objects.in_bulk([one.event_id for one in told])
    seen: set[tuple[Any, ...]] = set()
    return [_change(one, earlier.get(one.event_id), seen, of) for one in told]


def _change(
    one: Told, earlier: Earlier | None, seen: set[tuple[Any, ...]], of: Mapping[UUID, str]
) -> Change:
    names, payload = matter_of(one.name, one.now)
    matter = (one.subject_uid, *names, *payload.items())
    newest = matter not in seen
    seen.add(matter)
    what, sign = _SAYS[one.name]
    first = one.name == "role.defined" and not one.before
    say_more = _DETAILS.get(one.name)
    details = [*(say_more(one) if say_more else []), *_words_of(earlier)]
    return Change(
        event_id=one.event_id, at=one.at, actor=one.actor, what=what, sign=sign, details=details,
        can_undo=newest and one.name in _UNDOABLE and not first and _known(one, earlier),
        of=of.get(one.subject_uid, ""),
    )  # fmt: skip


def _known(one: Told, earlier: Earlier | None) -> bool:
    """Whether the record says what was before."""
    if one.name == "unit.renamed":
        return bool(one.now.get("name_zh_before"))
    return one.name != "person.described" or earlier is not None


def _words_of(earlier: Earlier | None) -> list[Detail]:
    if earlier is None:
        return []
    labels = {
        "name": _("Name"), "display_name": _("Name"), "phone": _("Telephone"), "email": _("E-mail"),
        "address": _("Address"), "employee_number": _("Employee number"),
        "wecom_userid": _("WeCom user id"),
    }  # fmt: skip
    return [
        Detail(labels.get(name, name), earlier.before[name], earlier.after[name])
        for name in earlier.after
    ]


def _unit_called(uid: str) -> str:
    if not uid:
        return _("the top")
    found = next((u for u in queries.unit_refs().values() if str(u.uid) == uid), None)
    return name_of(found) if found else uid


def _role_called(code: str) -> str:
    role = Role.objects.filter(code=code).first()
    return name_of(role) if role else code


def _renamed(one: Told) -> list[Detail]:
    was = one.now.get("name_zh_before") or one.before.get("name_zh", "")
    was_en = one.now.get("name_en_before") or one.before.get("name_en", "")
    both = [
        Detail(_("Chinese name"), was, one.now["name_zh"]),
        Detail(_("English name"), was_en, one.now["name_en"]),
    ]
    return [one for one in both if one.was != one.became]


def _moved(one: Told) -> list[Detail]:
    became = _unit_called(one.now["new_parent"])
    return [Detail(_("Belongs to"), _unit_called(one.now["old_parent"]), became)]


def _described(one: Told) -> list[Detail]:
    was, became = one.now.get("area_id_before"), one.now["area_id"]
    if was == became:
        return []
    return [Detail(_("Area"), queries.area_called(was), queries.area_called(became))]


def _leader(one: Told) -> list[Detail]:
    until = one.now.get("until", "")
    found = [Detail(_("Duty"), "", str(Duty(one.now["duty"]).label))]
    if one.now.get("since"):
        found.append(Detail(_("From"), "", one.now["since"]))
    return [*found, *([Detail(_("Until"), "", until)] if until else [])]


def _posting(one: Told) -> list[Detail]:
    found = []
    if "role" in one.now:
        found.append(Detail(_("Role"), "", _role_called(one.now["role"])))
    if "unit" in one.now:
        found.append(Detail(_("Unit"), "", _unit_called(one.now["unit"])))
    if "since" in one.now:
        found.append(Detail(_("From"), "", one.now["since"]))
    until, before = one.now.get("until", ""), one.now.get("until_before", "")
    if until or before or "since" not in one.now:
        found.append(Detail(_("Until"), before, until or _("no end")))
    return found


def _role(one: Told) -> list[Detail]:
    now, before = one.now, one.before
    found = []
    for name, label in (("name_zh", _("Chinese name")), ("name_en", _("English name"))):
        if now.get(name) and now[name] != before.get(name, ""):
            found.append(Detail(label, before.get(name, ""), now[name]))
    gained = set(now["verbs"]) - set(before.get("verbs", []))
    lost = set(before.get("verbs", [])) - set(now["verbs"])
    if lost:
        found.append(Detail(_("No longer"), words.list_of(lost), ""))
    if gained:
        found.append(Detail(_("May now"), "", words.list_of(gained)))
    for name, label in (
        ("reaches_below", _("Reaches units below")), ("second_factor", _("Second step of sign-in")),
    ):  # fmt: skip
        if before and now[name] != before[name]:
            found.append(Detail(label, _yes(before[name]), _yes(now[name])))
    return found


def _yes(is_so: bool) -> str:
    return in_language("是", "yes") if is_so else in_language("否", "no")


_DETAILS: dict[str, Callable[[Told], list[Detail]]] = {
    "unit.moved": _moved,
    "unit.renamed": _renamed,
    "unit.described": _described,
    "unit.leader_set": _leader,
    "unit.leader_ended": _leader,
    "unit.leader_withdrawn": _leader,
    "role.defined": _role,
    **{name: _posting for name in (*_POSTING, *_ATTACHMENT)},
}

_SAYS: dict[str, tuple[Any, str]] = {
    "unit.created": (gettext_lazy("Unit created"), "plus"),
    "unit.moved": (gettext_lazy("Unit moved"), "arrow-right"),
    "unit.renamed": (gettext_lazy("Unit renamed"), "pencil"),
    "unit.described": (gettext_lazy("Area or contacts changed"), "phone"),
    "unit.dissolved": (gettext_lazy("Unit dissolved"), "archive"),
    "unit.reinstated": (gettext_lazy("Unit put to use again"), "refresh"),
    "unit.leader_set": (gettext_lazy("Leading group: somebody named"), "user-check"),
    "unit.leader_ended": (gettext_lazy("Leading group: duty ended"), "user-circle"),
    "unit.leader_withdrawn": (gettext_lazy("Leading group: naming taken back"), "arrow-back-up"),
    "role.defined": (gettext_lazy("Role defined"), "shield-check"),
    "person.enrolled": (gettext_lazy("Person enrolled"), "user-plus"),
    "person.described": (gettext_lazy("Name or contacts changed"), "pencil"),
    "person.deactivated": (gettext_lazy("Access closed"), "lock"),
    "person.reactivated": (gettext_lazy("Access opened again"), "lock-open"),
    "person.locked_out": (gettext_lazy("Locked after wrong tries"), "lock"),
    "posting.started": (gettext_lazy("Posting begun"), "id"),
    "posting.ended": (gettext_lazy("Posting ended"), "id"),
    "posting.reopened": (gettext_lazy("Posting runs on"), "refresh"),
    "posting.withdrawn": (gettext_lazy("Posting taken back"), "arrow-back-up"),
    "leader.attached": (gettext_lazy("Looks after a street"), "map-pin"),
    "leader.detached": (gettext_lazy("Looks after a street no longer"), "map-pin-off"),
    "leader.reattached": (gettext_lazy("Looks after a street again"), "refresh"),
    "leader.withdrawn": (gettext_lazy("Street taken back"), "arrow-back-up"),
    "password.changed": (gettext_lazy("Password changed"), "key"),
    "password.reset": (gettext_lazy("Password reset by the office"), "key"),
    "second_factor.enabled": (gettext_lazy("Second step set up"), "shield-lock"),
    "account.linked": (gettext_lazy("Another way of signing in linked"), "link"),
    "account.unlinked": (gettext_lazy("Another way of signing in unlinked"), "link"),
    "second_factor.removed": (gettext_lazy("Second step removed"), "shield-lock"),
}
