"""Checks of the database and of what lies in it."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.calendars import queries as calendars
from gulou.cases import tallies
from gulou.cases.models import Case
from gulou.cases.states import OPEN
from gulou.config import replicas
from gulou.config.runtime.doctor.finding import Finding, Verdict
from gulou.config.runtime.pending import pending_migrations
from gulou.kit import clock
from gulou.kit.env import Env
from gulou.outbox.audit import audit
from gulou.outbox.queries import owed, set_aside
from gulou.people.models import Role, Unit
from gulou.people.queries import is_demonstration, today, verbs_in_no_role
from gulou.people.words import list_of, verb_codes
from gulou.places.models import Area

_CLOCK_SECONDS = 5
_OVERDUE = timedelta(minutes=5)
_OLDEST_POSTGRES = 140000
_MOST_NAMED = 20


def server(env: Env) -> Iterator[Finding]:
    thing = _("Database")
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_setting('server_encoding')")
        version, encoding = cursor.fetchone()
    said = " ".join(version.split()[:2])
    if connection.connection.info.server_version < _OLDEST_POSTGRES:
        todo = _("Gulou needs PostgreSQL 14 or newer.")
        yield Finding(Verdict.WRONG, thing, said, todo)
    elif encoding != "UTF8":
        yield Finding(
            Verdict.WRONG,
            thing,
            _("%(said)s, encoding %(encoding)s: rare characters would be refused.")
            % {"said": said, "encoding": encoding},
            "CREATE DATABASE gulou ENCODING 'UTF8' TEMPLATE template0",
        )
    else:
        where = _("our own") if not env.database_url else _("DATABASE_URL")
        yield Finding(Verdict.GOOD, thing, f"{said}, {where}.")


def replicas_keep_up(env: Env) -> Iterator[Finding]:
    """Each replica that is set."""
    for seen in replicas.states():
        thing = _("Replica")
        if seen.why:
            said = _("%(name)s is not read from: %(why)s.") % {"name": seen.alias, "why": seen.why}
            todo = _("Pages are read from the primary meanwhile. See docs/production.md, Replicas.")
            yield Finding(Verdict.LOOK, thing, said, todo)
        else:
            said = _("%(name)s keeps up, %(lag).1f s behind.") % {
                "name": seen.alias,
                "lag": seen.lag,
            }
            yield Finding(Verdict.GOOD, thing, said)


def clocks(env: Env) -> Iterator[Finding]:
    thing = _("Clock")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - clock.now()).total_seconds())
    if apart > _CLOCK_SECONDS:
        yield Finding(
            Verdict.WRONG,
            thing,
            _("This machine and the database are %(seconds).0f s apart; limits would be wrong.")
            % {"seconds": apart},
            _("Let both keep time by NTP (chrony or systemd-timesyncd)."),
        )
    else:
        said = _("This machine and the database agree; pages show %s time.") % env.time_zone
        yield Finding(Verdict.GOOD, thing, said)


def tables(env: Env) -> Iterator[Finding]:
    thing = _("Tables")
    pending = pending_migrations()
    if pending:
        said = ngettext(
            "%(count)d migration has not run: %(first)s.",
            "%(count)d migrations have not run, the first is %(first)s.",
            len(pending),
        ) % {"count": len(pending), "first": pending[0]}
        yield Finding(Verdict.WRONG, thing, said, "gulou migrate")
    elif settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        yield Finding(
            Verdict.WRONG, thing, _("The table of shared limits is missing."), "gulou migrate"
        )
    else:
        yield Finding(Verdict.GOOD, thing, _("Up to date."))


def content(env: Env) -> Iterator[Finding]:
    thing = _("District")
    areas = Area.objects.count()
    if not areas:
        yield Finding(
            Verdict.LOOK,
            thing,
            _("No areas are loaded, so nothing can be located."),
            _("docs/founding.md shows how to bring yours in; `gulou demo` makes one up."),
        )
    elif not Unit.objects.filter(is_office=True).exists():
        yield Finding(
            Verdict.WRONG,
            thing,
            _("No unit is the district's office, so reports would belong to nobody."),
            _("`gulou found` makes it."),
        )
    else:
        said = ngettext("%d area.", "%d areas.", areas) % areas
        yield Finding(Verdict.GOOD, thing, said)


def demonstration(env: Env) -> Iterator[Finding]:
    """Made-up data stay made up: turning the setting off makes no real district of them."""
    if is_demonstration() and not env.demo:
        yield Finding(
            Verdict.WRONG,
            _("Demonstration"),
            _("GULOU_DEMO is 0, but the demonstration filled this database: pages stay marked."),
            _("Set GULOU_DATA_DIR or DATABASE_URL to an empty one, then run `gulou found`."),
        )


def years(env: Env) -> Iterator[Finding]:
    """Working time in a year whose holidays nobody has entered is not guessed: say so ahead."""
    missing = calendars.missing_years()
    if missing:
        named = ", ".join(map(str, missing))
        this_year = today().year in missing
        yield Finding(
            Verdict.WRONG if this_year else Verdict.LOOK,
            _("Calendar"),
            _("The public holidays of %(years)s are not known: limits in working time that run into it have no deadline.") % {"years": named},
            _("Update Gulou once they are announced, or enter them under Setup, Calendars."),
        )  # fmt: skip
    else:
        yield Finding(Verdict.GOOD, _("Calendar"), _("The public holidays are known."))


def verbs(env: Env) -> Iterator[Finding]:
    """What an update brought and no role may do yet. Says nothing where roles are not there."""
    new = verbs_in_no_role(verb_codes()) if Role.objects.exists() else []
    if new:
        yield Finding(
            Verdict.LOOK,
            _("Roles"),
            ngettext(
                "%(count)d thing is in no role yet, so nobody may do it: %(what)s.",
                "%(count)d things are in no role yet, so nobody may do them: %(what)s.",
                len(new),
            )
            % {"count": len(new), "what": list_of(new)},
            _("Under Setup, Roles, one press gives the shipped roles what is theirs."),
        )


def stranded(env: Env) -> Iterator[Finding]:
    """Open cases of units that are no more: nobody would ever handle them."""
    numbers = list(
        Case.objects.filter(Q(unit__active=False) | Q(step_unit__active=False), state__in=OPEN)
        .order_by("number")
        .values_list("number", flat=True)
    )
    if numbers:
        yield Finding(
            Verdict.WRONG,
            _("Cases"),
            ngettext(
                "%(count)d open case belongs to a unit that was dissolved: %(first)s.",
                "%(count)d open cases belong to units that were dissolved: %(first)s.",
                len(numbers),
            )
            % {"count": len(numbers), "first": ", ".join(numbers[:_MOST_NAMED])},
            _("A dispatcher returns each to the office on its page, then dispatches it anew."),
        )


def worker(env: Env) -> Iterator[Finding]:
    thing = _("Worker")
    now = clock.now()
    waiting, aside = owed().count(), set_aside().count()
    oldest = now - (owed().aggregate(first=Min("due_at"))["first"] or now)
    if oldest > _OVERDUE:
        yield Finding(
            Verdict.WRONG,
            thing,
            _("%(count)d deliveries wait, the oldest for %(minutes)d minutes.")
            % {"count": waiting, "minutes": oldest.total_seconds() // 60},
            _("Is a worker running? `gulou run` starts one, `gulou worker` another."),
        )
    if aside:
        yield Finding(
            Verdict.LOOK,
            thing,
            ngettext(
                "%d delivery failed for good and was set aside.",
                "%d deliveries failed for good and were set aside.",
                aside,
            )
            % aside,
            _("Read their errors, correct the cause, then let them be tried again."),
        )
    if oldest <= _OVERDUE and not aside:
        said = _("Nothing is overdue; %d deliveries wait.") % waiting
        yield Finding(Verdict.GOOD, thing, said)


def record() -> Iterator[Finding]:
    thing = _("Record")
    first = None
    for first in audit():
        yield Finding(
            Verdict.WRONG,
            thing,
            f"{first.subject_kind} {first.subject_uid} #{first.sequence}: {first.why}.",
            _("Keep a copy of the database as it is now, and compare it with a backup."),
        )
    if first is None:
        yield Finding(Verdict.GOOD, thing, _("Every chain is whole, link by link."))


def counts() -> Iterator[Finding]:
    """What is kept of counts is what one counts."""
    thing = _("Counts")
    wrong = list(tallies.differences())
    if wrong:
        said = _("What is kept differs from what there is, first: %(first)s.") % {"first": wrong[0]}
        yield Finding(Verdict.WRONG, thing, said, "gulou recount")
    else:
        yield Finding(Verdict.GOOD, thing, _("Every count that is kept is right."))
