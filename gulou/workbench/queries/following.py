"""What a person follows, and whom to tell of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.cases.queries import Row, cases_seen_by, rows_of
from gulou.kit.errors import NotFound
from gulou.people.models import User
from gulou.workbench.models import Subscription

MOST = 200


@dataclass(frozen=True)
class Followed:
    """A case that the reader follows; `new` says how much of its story they have not seen."""

    row: Row
    since: datetime
    new: int


@dataclass(frozen=True)
class FollowerTold:
    """Whom to tell of which case, by their public ids."""

    person: UUID
    case: UUID


def followed_by(user: User) -> list[Followed]:
    """What this person follows and still sees: what has changed first, then the newest change."""
    found = list(_open(user).select_related("case").order_by("-case__changed_at")[:MOST])
    rows = {row.id: row for row in rows_of(Case.objects.filter(pk__in=[f.case_id for f in found]))}
    followed = [
        Followed(rows[one.case_id], one.since, max(one.case.head_sequence - one.seen, 0))
        for one in found
    ]
    return sorted(followed, key=lambda one: not one.new)


def news_count(user: User) -> int:
    """How many of the cases that the person follows have changed since they looked."""
    return _open(user).filter(seen__lt=F("case__head_sequence"))[:MOST].count()


def _open(user: User) -> QuerySet[Subscription]:
    return Subscription.objects.filter(user=user, ended_at=None, case__in=cases_seen_by(user))


def follower_told(uid: UUID) -> FollowerTold | None:
    """How to tell a follower; None where they follow it no more, or see it no more."""
    one = Subscription.objects.filter(uid=uid, ended_at=None).select_related("case", "user").first()
    if one is None:
        return None
    if not cases_seen_by(one.user).filter(pk=one.case_id).exists():
        return None
    return FollowerTold(one.user.uid, one.case.uid)


def followed_case(user: User, number: str) -> Case:
    """A case that the person follows, though they may not see it any more. Raises NotFound."""
    found = Subscription.objects.filter(user=user, case__number=number, ended_at=None)
    one = found.select_related("case").first()
    if one is None:
        raise NotFound("subscription.none", _("You do not follow this case."))
    return one.case
