"""Who signed in and out, and ending sessions. Called by the adapters after allauth has decided."""

from collections.abc import Sequence
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.facts import Fact
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import facts, queries
from gulou.people.models import DeviceSession, User

from .phones import PHONE, forget_ended, remember_ended


@transaction.atomic
def note_sign_in(
    user: User, *, address: str, second_factor: str, method: str, session_key: str, agent: str
) -> None:
    """Somebody signed in; what the words mean stands with facts.SignedIn."""
    fact = facts.SignedIn(address=address, second_factor=second_factor, method=method)
    _note(user, fact)
    now = clock.now()
    DeviceSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user, "method": method, "address": address[:45], "agent": agent[:300],
            "since": now, "seen_at": now,
        },
    )  # fmt: skip


def note_seen(session_key: str, *, before: str) -> None:
    """A session is in use; its key was `before` when it was last noted (a new password changes it)."""
    found = DeviceSession.objects.filter(session_key=before)
    found.update(session_key=session_key, seen_at=clock.now())


@transaction.atomic
def note_sign_out(user: User, *, reason: str, session_key: str) -> None:
    """A session ended by itself or by its owner: "asked", "idle" or "limit"."""
    DeviceSession.objects.filter(session_key=session_key).delete()
    if reason == "asked":
        remember_ended([session_key])
    _note(user, facts.SignedOut(reason=reason))


@transaction.atomic
def end_session(session: DeviceSession, *, by: User) -> None:
    """End one of one's own sessions, from another device."""
    if session.user_id != by.pk:
        raise NotFound("session.unknown", _("There is no such session of yours."))
    _end([session], by, "elsewhere", actor=by.actor)


@transaction.atomic
def end_other_sessions(user: User, *, but: str) -> int:
    """End all of one's own sessions but the one with this key; how many there were."""
    others = list(DeviceSession.objects.filter(user=user).exclude(session_key=but))
    _end(others, user, "elsewhere", actor=user.actor)
    return len(others)


@transaction.atomic
def end_all_sessions(user: User, *, reason: str, actor: str) -> int:
    """End every session of somebody, now; how many there were. Who may is asked by the caller."""
    there = list(DeviceSession.objects.filter(user=user))
    _end(there, user, reason, actor=actor)
    return len(there)


def end_sessions_of_who_left(user: User, *, actor: str = "system") -> None:
    """End every session of somebody whose last posting has ended."""
    if queries.has_left(user):
        end_all_sessions(user, reason="left", actor=actor)


def end_sessions_of_all_who_left() -> None:
    """What the calendar ended overnight: postings whose last day is over."""
    users = User.objects.filter(pk__in=DeviceSession.objects.values("user_id"))
    for user in users:
        end_sessions_of_who_left(user)


def forget_past_sessions() -> None:
    """Remove the rows of sessions that ran out with nobody there to end them."""
    now, past = clock.now(), DeviceSession.objects.all()
    oldest = now - timedelta(seconds=settings.STAFF_SESSION_SECONDS)
    past.filter(since__lt=oldest).exclude(method=PHONE).delete()
    past.filter(since__lt=now - timedelta(seconds=settings.FIELD_SESSION_SECONDS)).delete()
    forget_ended()


def _end(sessions: Sequence[DeviceSession], user: User, reason: str, *, actor: str) -> None:
    if not sessions:
        return
    user = User.objects.select_for_update().get(pk=user.pk)
    Session.objects.filter(session_key__in=[one.session_key for one in sessions]).delete()
    DeviceSession.objects.filter(pk__in=[one.pk for one in sessions]).delete()
    remember_ended(one.session_key for one in sessions)
    for _one in sessions:
        record(facts.SignedOut(reason=reason), subject=user, actor=actor)


def note_second_factor(user: User, *, enabled: bool, kind: str = "totp") -> None:
    """A person set the second step up, or took it away: "totp" or "webauthn"."""
    fact = facts.SecondFactorEnabled if enabled else facts.SecondFactorRemoved
    _note(user, fact(kind=kind))


def note_link(user: User, *, linked: bool) -> None:
    """A sign-in elsewhere opens this person's door from now on, or no longer."""
    _note(user, facts.AccountLinked() if linked else facts.AccountUnlinked())


@transaction.atomic
def unlink_wechat(user: User, *, actor: str = "") -> None:
    """Let no WeChat account open this person's door. By its owner, or whom the caller has allowed."""
    gone, _kinds = SocialAccount.objects.filter(user=user, provider="weixin").delete()
    if gone:
        _note(user, facts.AccountUnlinked(), actor=actor)


def note_recovery_codes(user: User) -> None:
    """A person had new recovery codes made."""
    _note(user, facts.RecoveryCodesRenewed())


@transaction.atomic
def note_failed_sign_in(user: User, *, address: str, step: str) -> None:
    """A wrong password or code; the one that fills the measure is also the lock-out."""
    user = User.objects.select_for_update().get(pk=user.pk)
    record(facts.SignInFailed(address=address, step=step), subject=user, actor="system")
    window = clock.now() - timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
    failures = Event.objects.filter(
        subject_kind=user.subject_kind,
        subject_uid=user.uid,
        name=facts.SignInFailed.name,
        payload__step=step,
        at__gt=window,
    )
    if failures.count() == settings.SIGN_IN_FAILURES:
        record(facts.LockedOut(address=address, step=step), subject=user, actor="system")


@transaction.atomic
def _note(user: User, fact: Fact, *, actor: str = "") -> None:
    user = User.objects.select_for_update().get(pk=user.pk)
    record(fact, subject=user, actor=actor or user.actor)
