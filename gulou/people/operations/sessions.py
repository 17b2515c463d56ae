"""The record of who signed in and out: called by the adapters, after allauth has decided."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from gulou.kit import clock
from gulou.kit.facts import Fact
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import facts
from gulou.people.models import User


def note_sign_in(user: User, *, address: str, second_factor: str) -> None:
    """Somebody signed in; `second_factor` is "", "totp" or "recovery_codes"."""
    _note(user, facts.SignedIn(address=address, second_factor=second_factor))


def note_sign_out(user: User, *, reason: str) -> None:
    """A session ended: "asked", "idle" or "limit"."""
    _note(user, facts.SignedOut(reason=reason))


def note_second_factor(user: User, *, enabled: bool) -> None:
    """A person set the second step up, or took it away."""
    _note(user, facts.SecondFactorEnabled() if enabled else facts.SecondFactorRemoved())


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
def _note(user: User, fact: Fact) -> None:
    user = User.objects.select_for_update().get(pk=user.pk)
    record(fact, subject=user, actor=user.actor)
