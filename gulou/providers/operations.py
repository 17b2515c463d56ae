"""Setting up providers, owing messages to people, and taking up again what was set aside."""

import json
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as cases
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.sealing import keyed_digest, seal
from gulou.kit.words import clean
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.verbs import MEND

from . import at_hand, history, passive
from .facts import MissiveResent, ProviderClosed, ProviderOpened, ProviderSet, ProviderTried
from .models import Follower, Missive, Provider
from .queries import tells_by_sms, tells_followers
from .states import ADDRESS, FIELD, SERVICE, WECOM_USER, Code, Setting, What, mobile, settings_of


@transaction.atomic
@at_hand.changing()
def set_provider(code: str, given: Mapping[str, Any], *, by: User) -> Provider:
    """Tell what a provider needs to be told: settings and secrets by their names. A secret that is
    left empty stays. Raises Invalid, NotAllowed."""
    provider = _allowed(code, by)
    known = {one.name: one for one in settings_of(code) if not one.secret}
    before = {name: provider.settings.get(name, one.default) for name, one in known.items()}
    after = {name: _checked(one, given.get(name, before[name])) for name, one in known.items()}
    secrets = at_hand.secrets_of(provider.sealed) if _readable(provider) else {}
    new = {
        one.name: _checked(one, given[one.name])
        for one in settings_of(code) if one.secret and given.get(one.name)
    }  # fmt: skip
    for one in settings_of(code):
        if one.secret and one.needed and not (secrets | new).get(one.name):
            raise Invalid("provider.needed", _("This is needed."), field=one.name)
    _together(code, after, secrets | new)
    first = not provider.settings
    if not first and not new and any(after[one] != before[one] for one in ADDRESS & set(after)):
        # Else whoever may set it up could have the password sent to themselves.
        raise Invalid(
            "provider.password_again", _("Enter the password again for another address."),
            field="password",
        )  # fmt: skip
    changed = sorted(name for name in after if first or after[name] != before[name])
    if not changed and not new:
        return provider
    provider.settings, provider.sealed = after, seal(json.dumps(secrets | new))
    # Whatever the old ones were refused for is over.
    provider.paused_until, provider.failures, provider.error = None, 0, ""
    provider.save()
    fact = ProviderSet(
        before={} if first else {name: before[name] for name in changed},
        after={name: after[name] for name in changed}, secrets=sorted(new),
    )  # fmt: skip
    record(fact, subject=provider, actor=by.actor)
    return provider


@transaction.atomic
@at_hand.changing()
def switch_provider(code: str, *, by: User) -> Provider:
    """Use a provider, or use it no more. What it still owes residents then is not told later; what
    it owes staff waits until it is used again, as long as anybody wants to know it."""
    provider = _allowed(code, by)
    if not provider.settings:
        raise Refusal("provider.not_set_up", _("Say first what it needs to know."))
    provider.in_use = not provider.in_use
    provider.paused_until, provider.failures = None, 0
    provider.save(update_fields=["in_use", "paused_until", "failures"])
    if not provider.in_use:
        waiting = provider.missives.filter(sent_at=None, set_aside_at=None)
        waiting.filter(what=What.STAFF).update(error="not-in-use")
        waiting.exclude(what=What.STAFF).update(
            set_aside_at=clock.now(), error="closed", sealed_to=None
        )
    fact = ProviderOpened() if provider.in_use else ProviderClosed()
    record(fact, subject=provider, actor=by.actor)
    return provider


@transaction.atomic
def take_back(event_id: int, *, by: User) -> None:
    """Undo what this fact tells of a provider, where nothing newer stands in the way."""
    access.require(by, MANAGE, unit_id=people.office().id)
    event = Event.objects.filter(pk=event_id, subject_kind=Provider._meta.label_lower).first()
    if event is None or not history.can_take_back(event):
        raise NotFound("provider.no_such_change", _("There is nothing to take back here."))
    provider = Provider.objects.select_for_update().get(uid=event.subject_uid)
    if event.pk != history.newest_of(provider):
        raise Refusal(
            "provider.newer", _("This was changed again since. Take back the newer change first.")
        )
    if event.name == ProviderSet.name:
        set_provider(provider.code, event.payload["before"], by=by)
    else:
        switch_provider(provider.code, by=by)


@transaction.atomic
def try_provider(code: str, to: str, *, by: User) -> Missive:
    """Send a trial message to a number of one's own choice; on record without the number."""
    provider = _allowed(code, by)
    if not provider.in_use:
        raise Refusal("provider.closed", _("It is not in use. Put it to use first."))
    if code == Code.ACCOUNT and provider.settings["kind"] != SERVICE:
        raise Refusal(
            "provider.only_answers", _("A subscription account only answers: write to it.")
        )
    waiting = provider.missives.filter(what=What.TRIED, sent_at=None, set_aside_at=None)
    if waiting.exists():
        raise Refusal("provider.tried_already", _("A trial message is under way."))
    now = clock.now()
    missive = Missive.objects.create(
        provider=provider, what=What.TRIED, at=now, due_at=now, sealed_to=seal(_address(code, to))
    )
    record(ProviderTried(missive=missive.pk), subject=provider, actor=by.actor)
    return missive


@transaction.atomic
def resend_missive(missive_id: int, *, by: User) -> Missive:
    """Send a message that was set aside again, from the beginning; on record."""
    access.require(by, MEND, unit_id=people.office().id)
    missive = Missive.objects.select_related("provider").filter(pk=missive_id).first()
    if missive is None:
        raise NotFound("notices.no_such_message", _("There is no such message."))
    if missive.what == What.TRIED:
        raise Refusal(
            "provider.try_anew", _("The number of a trial is not kept. Send a new trial.")
        )
    provider = Provider.objects.select_for_update().get(pk=missive.provider_id)
    if not provider.in_use:
        raise Refusal("provider.closed", _("It is not in use. Put it to use first."))
    now = clock.now()
    again = Missive.objects.filter(pk=missive.pk, set_aside_at__isnull=False)
    if not again.update(set_aside_at=None, attempts=0, parts=0, error="", at=now, due_at=now):
        raise Refusal("notices.not_aside", _("This message was sent, or is being sent."))
    missive.taken.all().delete()
    Provider.objects.filter(pk=provider.pk).update(paused_until=None, failures=0)
    record(MissiveResent(missive=missive.pk), subject=provider, actor=by.actor)
    missive.refresh_from_db()
    return missive


def note_fault(code: str, error: str) -> None:
    """Note what stands in the way of a provider for its page; "" when something went through."""
    Provider.objects.filter(code=code).exclude(error=error).update(error=error)


def owe_reporter(report_uid: UUID, *, what: str, event_id: int, at: datetime) -> None:
    """Owe a reporter the news: by SMS, if they left a mobile number; to who follows the report by
    the service account. A second call does nothing."""
    _owe_followers(report_uid, what=what, event_id=event_id, at=at)
    sms = at_hand.provider(Code.SMS)
    if sms is None or not tells_by_sms(what):
        return
    reached = cases.caller_of_report(report_uid)
    if reached is None or not mobile(reached.phone):
        return
    _owe(Missive(provider_id=sms.id, what=what, report_id=reached.report_id, event_id=event_id,
                 at=at, due_at=at))  # fmt: skip


def _owe_followers(report_uid: UUID, *, what: str, event_id: int, at: datetime) -> None:
    account = at_hand.provider(Code.ACCOUNT)
    if account is None or not tells_followers(what):
        return
    for one in Follower.objects.filter(report__uid=report_uid, ended_at=None).order_by("pk"):
        _owe(Missive(provider_id=account.id, what=what, follower=one, event_id=event_id, at=at,
                     due_at=at))  # fmt: skip


def forget_followers(report_uid: UUID) -> None:
    """Let nobody hear of this report through the official account any more; their ids are gone."""
    mine = Follower.objects.filter(report__uid=report_uid, ended_at=None)
    mine.update(ended_at=clock.now(), sealed=b"")


def owe_person(user: User, *, title: str, link: str, key: str, case_id: int | None = None) -> bool:
    """Owe somebody of staff an SMS; a second call with the same key does nothing. It goes as long as
    they see the case. False when SMS is not in use."""
    sms = at_hand.provider(Code.SMS)
    if sms is None:
        return False
    now = clock.now()
    _owe(Missive(provider_id=sms.id, what=What.STAFF, user=user, title=title[:200], link=link,
                 case_id=case_id, key=keyed_digest(key), at=now, due_at=now))  # fmt: skip
    return True


def _owe(missive: Missive) -> None:
    Missive.objects.bulk_create([missive], ignore_conflicts=True)


def _allowed(code: str, by: User) -> Provider:
    """The row of a provider, locked; made where there is none."""
    access.require(by, MANAGE, unit_id=people.office().id)
    if code not in Code.values:
        raise NotFound("provider.not_found", _("There is no such provider."))
    Provider.objects.bulk_create([Provider(code=code)], ignore_conflicts=True)
    return Provider.objects.select_for_update().get(code=code)


def _readable(provider: Provider) -> bool:
    try:
        at_hand.secrets_of(provider.sealed)
    except ValueError:
        return False
    return True


def _checked(one: Setting, value: Any) -> Any:
    """What was given for a setting, as it is kept. Raises Invalid."""
    if one.kind == "flag":
        return bool(value)
    if one.kind == "number":
        if not isinstance(value, int) or not one.least <= value <= one.most:
            raise Invalid("provider.number", _("This number is out of range."), field=one.name)
        return value
    allowed = {code for code, _label in one.choices}
    if one.kind == "many":
        chosen = [code for code, _label in one.choices if code in value]
        if not set(value) <= allowed:
            raise Invalid("provider.choice", _("Choose from the list."), field=one.name)
        return chosen
    text = str(value).strip() if one.secret or one.lines else clean(str(value))
    text = text.replace("\r\n", "\n")
    if one.needed and not text:
        raise Invalid("provider.needed", _("This is needed."), field=one.name)
    if len(text) > one.most:
        raise Invalid("provider.too_long", _("This is too long."), field=one.name)
    if one.kind == "choice" and text not in allowed:
        raise Invalid("provider.choice", _("Choose from the list."), field=one.name)
    if one.kind == "clock":
        try:
            time.fromisoformat(text)
        except ValueError:
            raise Invalid("provider.clock", _("A time such as 21:00."), field=one.name) from None
    return text


def _together(code: str, after: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    """What one setting asks of the others."""
    if code == Code.SMS:
        if any(mark in after["signature"] for mark in "【】"):
            raise Invalid(
                "provider.signature", _("Without the brackets: they are added."), field="signature"
            )
        if after["prefix"] and not after["prefix"].isdigit():
            raise Invalid("provider.prefix", _("Digits only."), field="prefix")
    if code == Code.ACCOUNT:
        _account(after, secrets)


def _account(after: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    token, key = secrets["token"], secrets.get("aes_key", "")
    if not (token.isascii() and token.isalnum() and len(token) >= 3):
        raise Invalid("provider.token", _("3 to 32 letters and digits."), field="token")
    if key and not passive.is_key(key):
        raise Invalid(
            "provider.aes_key", _("43 letters and digits, as WeChat shows it."), field="aes_key"
        )
    if after["kind"] == SERVICE and not secrets.get("app_secret"):
        raise Invalid(
            "provider.app_secret", _("A service account needs its AppSecret."), field="app_secret"
        )
    if after["page_tools"] and not secrets.get("app_secret"):
        raise Invalid(
            "provider.app_secret",
            _("The place from WeChat needs the AppSecret."),
            field="app_secret",
        )
    lines = [one for one in after["fields"].splitlines() if one.strip()]
    if len(FIELD.findall(after["fields"])) != len(lines) or (after["template_id"] and not lines):
        raise Invalid("provider.fields", _("One a line, such as thing2=what."), field="fields")


def _address(code: str, to: str) -> str:
    """To whom a trial goes. Raises Invalid."""
    if code == Code.ACCOUNT:
        return ""
    if code == Code.WECOM:
        userid = to.strip()
        if not WECOM_USER.fullmatch(userid):
            raise Invalid("provider.no_user", _("This is no WeCom user id."), field="to")
        return userid
    number = mobile(to)
    if not number:
        raise Invalid(
            "provider.no_mobile", _("This is no mobile number: eleven digits."), field="to"
        )
    return number
