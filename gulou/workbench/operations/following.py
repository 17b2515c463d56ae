"""Following a case: being told of its changes, as long as one may see it."""

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as cases
from gulou.cases.models import Case
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.outbox.queries import story
from gulou.outbox.record import record
from gulou.people.models import User
from gulou.workbench.facts import CaseFollowed, CaseUnfollowed, FollowerOwed
from gulou.workbench.models import Mention, Subscription

AT_ONCE = 500


@transaction.atomic
def follow_case(case: Case, *, by: User) -> Subscription:
    """Be told of what changes from now on. Following it twice is following it. Raises NotFound."""
    case = cases.case_seen_by(by, case.number)
    made, _new = Subscription.objects.get_or_create(
        case=case, user=by, defaults={"since": clock.now(), "ended_at": clock.now()}
    )
    followed = Subscription.objects.select_for_update().get(pk=made.pk)
    if followed.ended_at is None:
        return followed
    followed.since, followed.ended_at = clock.now(), None
    followed.told = followed.seen = case.head_sequence
    followed.save(update_fields=["since", "ended_at", "told", "seen"])
    record(CaseFollowed(case=str(case.uid)), subject=followed, actor=by.actor)
    return followed


@transaction.atomic
def unfollow_case(case: Case, *, by: User) -> None:
    """Be told no more; also of a case that one does not see any longer."""
    followed = Subscription.objects.select_for_update().filter(case=case, user=by).first()
    if followed is None:
        raise NotFound("subscription.none", _("You do not follow this case."))
    if followed.ended_at is None:
        followed.ended_at = clock.now()
        followed.save(update_fields=["ended_at"])
        record(CaseUnfollowed(case=str(case.uid)), subject=followed, actor=by.actor)


def see_case(case: Case, *, by: User) -> bool:
    """Note that the person has looked at the case as it is now; whether they follow it."""
    if unread := _unread(by.pk, case.pk):
        Mention.objects.filter(pk__in=unread, read_at=None).update(read_at=clock.now())
    seen = _followed.first(by.pk, case.pk)
    if seen is not None and seen < case.head_sequence:
        behind = Subscription.objects.filter(user=by, case=case, ended_at=None)
        behind.filter(seen__lt=case.head_sequence).update(seen=case.head_sequence)
    return seen is not None


@Compiled
def _unread(person_id: int, case_id: int) -> QuerySet[Any, int]:
    asked = Mention.objects.filter(person_id=person_id, case_id=case_id, answered_at=None)
    return asked.filter(read_at=None).order_by().values_list("pk", flat=True)


@Compiled
def _followed(user_id: int, case_id: int) -> QuerySet[Any, int]:
    rows = Subscription.objects.filter(user_id=user_id, case_id=case_id, ended_at=None)
    return rows.order_by("pk").values_list("seen", flat=True)[:1]


def owe_followers() -> int:
    """Owe everybody who follows a case one message for all that changed since the last; how many.

    Not for what they did themselves, or have seen already.
    """
    behind = Subscription.objects.filter(ended_at=None, told__lt=F("case__head_sequence"))
    pks = list(behind.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_owe(pk) for pk in pks)


@transaction.atomic
def _owe(pk: int) -> bool:
    followed = (
        Subscription.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk)
        .select_related("case", "user")
        .first()
    )
    if followed is None or followed.told >= followed.case.head_sequence:
        return False
    since, until = max(followed.told, followed.seen), followed.case.head_sequence
    news = [
        event
        for event in story(followed.case.subject_kind, followed.case.uid)[since:until]
        if event.actor != followed.user.actor
    ]
    followed.told = until
    followed.save(update_fields=["told"])
    if not news:
        return False
    record(
        FollowerOwed(case=str(followed.case.uid), since=since, until=until),
        subject=followed, actor="system",
    )  # fmt: skip
    return True
