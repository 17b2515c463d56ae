"""What the worker does by the clock, beside what the record owes. Each job may run twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from gulou.cases import jobs as cases
from gulou.config.runtime import pulse
from gulou.errands import jobs as errands
from gulou.joint import jobs as joint
from gulou.kit import clock
from gulou.notices import jobs as notices
from gulou.orders import jobs as orders
from gulou.people import operations as people
from gulou.phones import jobs as phones
from gulou.photos import jobs as photos
from gulou.providers import jobs as providers
from gulou.sheets import jobs as sheets
from gulou.workbench import jobs as workbench


@dataclass(frozen=True)
class Job:
    """Something to do again and again. It must be short, and harmless when done twice."""

    call: Callable[[], object]
    every: timedelta


def clear_sessions() -> None:
    """Remove the sessions that have run out."""
    call_command("clearsessions")


def forget_expired() -> None:
    """Remove what has run out from the cache that all processes share: nothing else does, and it
    is counted at each write."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [clock.now()])  # noqa: S608  our own name


JOBS: tuple[Job, ...] = (
    Job(pulse.beat, every=timedelta(seconds=10)),
    Job(cases.fold_tallies, every=timedelta(seconds=10)),
    Job(cases.watch_clocks, every=timedelta(seconds=30)),
    Job(orders.watch_orders, every=timedelta(seconds=30)),
    Job(orders.tell_of_who_left, every=timedelta(minutes=10)),
    Job(joint.watch_parts, every=timedelta(minutes=1)),
    Job(cases.give_back_steps_of_who_left, every=timedelta(minutes=10)),
    Job(cases.begin_look_backs, every=timedelta(minutes=1)),
    Job(cases.draw_what_was_left, every=timedelta(minutes=1)),
    Job(cases.draw_revisits_anew, every=timedelta(minutes=10)),
    Job(cases.find_the_missing, every=timedelta(minutes=10)),
    Job(photos.discard_stale, every=timedelta(minutes=15)),
    Job(phones.clear, every=timedelta(minutes=15)),
    Job(phones.sweep_pieces, every=timedelta(hours=6)),
    Job(photos.sweep_orphans, every=timedelta(hours=1)),
    Job(errands.forget_expired, every=timedelta(hours=1)),
    Job(sheets.forget_staged, every=timedelta(hours=1)),
    Job(cases.forget_before, every=timedelta(minutes=10)),
    Job(cases.renew_figures, every=timedelta(hours=1)),
    Job(notices.leave_closed, every=timedelta(minutes=1)),
    Job(notices.forget_old, every=timedelta(minutes=10)),
    Job(providers.forget_old, every=timedelta(minutes=10)),
    Job(workbench.forget_presence, every=timedelta(minutes=30)),
    Job(forget_expired, every=timedelta(minutes=10)),
    Job(workbench.owe_followers, every=timedelta(minutes=1)),
    Job(people.end_sessions_of_all_who_left, every=timedelta(minutes=5)),
    Job(people.forget_past_sessions, every=timedelta(hours=1)),
    Job(clear_sessions, every=timedelta(days=1)),
)
