"""How units kept their time with their parts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from gulou.joint.models import Task
from gulou.joint.states import TaskState
from gulou.kit import clock


@dataclass(frozen=True)
class PartFigures:
    """How one unit kept its time with its parts: each counts for itself. Called off counts neither
    way."""

    unit_id: int
    on_time: int
    late: int
    open: int
    open_late: int
    called_off: int
    sent_back: int


def part_figures(*, since: datetime, until: datetime) -> list[PartFigures]:
    """For each unit, of the parts of operations that began in a stretch of time."""
    now, done = clock.now(), Q(state=TaskState.DONE)
    parts = Task.objects.filter(operation__begins_at__gte=since, operation__begins_at__lt=until)
    counted = parts.order_by().values("unit_id").annotate(
        on_time=Count("pk", filter=done & Q(ended_at__lte=F("due_at"))),
        late=Count("pk", filter=done & Q(ended_at__gt=F("due_at"))),
        open=Count("pk", filter=Q(state=TaskState.OPEN)),
        open_late=Count("pk", filter=Q(state=TaskState.OPEN, due_at__lt=now)),
        called_off=Count("pk", filter=Q(state=TaskState.CALLED_OFF)),
        sent_back=Count("pk", filter=Q(sent_back__gt=0)),
    )  # fmt: skip
    return [PartFigures(**row) for row in counted.order_by("unit_id")]
