"""Saying that one has a case before one, and that one has gone."""

from datetime import timedelta

from django.db import transaction

from gulou.cases.models import Case
from gulou.kit import clock
from gulou.people.models import User
from gulou.workbench.models import Presence

FORGOTTEN = timedelta(hours=1)


@transaction.atomic
def be_at(case: Case, *, by: User, writing: bool = False) -> None:
    """The person has this case, which they were found to see, before them now."""
    Presence.objects.bulk_create(
        [Presence(case=case, person=by, writing=writing, seen_at=clock.now())],
        update_conflicts=True, unique_fields=["case", "person"],
        update_fields=["writing", "seen_at"],
    )  # fmt: skip


def go_from(case: Case, *, by: User) -> None:
    """The person has left the case."""
    Presence.objects.filter(case=case, person=by).delete()


def forget_presence() -> int:
    """Forget who looked at what an hour ago; how many rows."""
    return Presence.objects.filter(seen_at__lt=clock.now() - FORGOTTEN).delete()[0]
