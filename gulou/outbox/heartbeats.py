"""Which workers live: each writes a row every few seconds."""

from datetime import timedelta

from gulou.kit import clock

from .models import Heartbeat

ALIVE_SECONDS = 60.0
_FORGOTTEN = timedelta(hours=1)


def beat(name: str) -> None:
    """This worker lives. Those not heard of for long are forgotten."""
    now = clock.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=now)], update_conflicts=True, unique_fields=["name"],
        update_fields=["at"],
    )  # fmt: skip
    Heartbeat.objects.filter(at__lt=now - _FORGOTTEN).delete()


def end(name: str) -> None:
    """This worker has stopped, and was told to."""
    Heartbeat.objects.filter(name=name).delete()


def ages() -> list[float]:
    """Seconds since each worker was heard of, the youngest first."""
    now = clock.now()
    found = Heartbeat.objects.order_by("-at").values_list("at", flat=True)
    return [(now - at).total_seconds() for at in found]
