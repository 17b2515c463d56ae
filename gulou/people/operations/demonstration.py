"""Saying of a database that it holds a demonstration. There is no way back but an empty one."""

from django.db import transaction

from gulou.kit import clock
from gulou.people import queries
from gulou.people.models import Demonstration


@transaction.atomic
@queries.demonstration_changing()
def mark_demonstration() -> None:
    """From now on every page of this database is marked 演示数据."""
    Demonstration.objects.get_or_create(id=1, defaults={"since": clock.now()})
