"""What the worker does by the clock, beside what the record owes. Each job may run twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command

from gulou.photos import jobs as photos


@dataclass(frozen=True)
class Job:
    """Something to do again and again. It must be short, and harmless when done twice."""

    call: Callable[[], object]
    every: timedelta


def clear_sessions() -> None:
    """Remove the sessions that have run out."""
    call_command("clearsessions")


JOBS: tuple[Job, ...] = (
    Job(photos.discard_stale, every=timedelta(minutes=15)),
    Job(photos.sweep_orphans, every=timedelta(hours=1)),
    Job(clear_sessions, every=timedelta(days=1)),
)
