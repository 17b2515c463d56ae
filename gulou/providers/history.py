"""The history of a provider: each fact in a sentence, with what was and what became. No secrets."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue.states import MANAGE
from gulou.kit.changes import Change, Detail
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .facts import MissiveResent, ProviderClosed, ProviderOpened, ProviderSet, ProviderTried
from .models import Provider
from .states import ADDRESS, Setting, settings_of

MOST = 200
_ASIDE = (ProviderTried.name, MissiveResent.name)

_HAPPENED = {
    ProviderOpened.name: (gettext_lazy("Put to use"), "check"),
    ProviderClosed.name: (gettext_lazy("Taken out of use"), "archive"),
    ProviderTried.name: (gettext_lazy("A trial message was sent"), "send"),
    MissiveResent.name: (gettext_lazy("A message was sent again"), "refresh"),
}


def provider_history(user: User, code: str) -> list[Change]:
    """What happened to a provider, the newest first. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    provider = Provider.objects.filter(code=code).first()
    if provider is None:
        return []
    last = newest_of(provider)
    return [
        _change(one, code, can_undo=one.pk == last and can_take_back(one))
        for one in _of(provider)[:MOST]
    ]


def newest_of(provider: Provider) -> int | None:
    """The id of the fact that changed it last."""
    return _of(provider).exclude(name__in=_ASIDE).values_list("pk", flat=True).first()


def can_take_back(event: Event) -> bool:
    """Whether the record says what was before. Of a secret it never does, and another address asks
    for the secret again."""
    told = event.payload
    if event.name == ProviderSet.name:
        return bool(told["before"]) and not told["secrets"] and not ADDRESS & set(told["after"])
    return event.name in (ProviderOpened.name, ProviderClosed.name)


def _of(provider: Provider) -> QuerySet[Event]:
    found = Event.objects.filter(subject_kind=provider.subject_kind, subject_uid=provider.uid)
    return found.order_by("-id")


def _change(event: Event, code: str, *, can_undo: bool) -> Change:
    before, after = event.payload.get("before", {}), event.payload.get("after", {})
    known = {one.name: one for one in settings_of(code)}
    details = [
        Detail(one.label, _shown(one, before.get(name, "")), _shown(one, after[name]))
        for name, one in known.items()
        if name in after
    ]
    details += [
        Detail(known[name].label, "", _("a new one, kept encrypted"))
        for name in event.payload.get("secrets", ())
        if name in known
    ]
    what, sign = _HAPPENED.get(
        event.name, (_("Changed"), "pencil") if before else (_("Set up"), "plus")
    )
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=can_undo,
    )  # fmt: skip


def _shown(one: Setting, value: Any) -> str:
    if value == "" or value is None:
        return ""
    if one.kind == "flag":
        return _("yes") if value else _("no")
    labels = dict(one.choices)
    if one.kind == "many":
        return _(", ").join(str(labels.get(code, code)) for code in value)
    return str(labels.get(value, value)) if one.kind == "choice" else str(value)
