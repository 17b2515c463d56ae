"""More time, a clock that stands still, lateness forgiven: what a unit asks, and who decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from gulou.calendars import queries as calendars
from gulou.cases import clocks, states
from gulou.cases.facts import ClockResumed, TimeAsked, TimeRuled
from gulou.cases.models import Case, Plea, PleaKind, Ruling, Step
from gulou.cases.queries.time import late_steps_of
from gulou.cases.states import Move, StepKind
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.kit.worktime import UnknownYear
from gulou.outbox.record import record
from gulou.people.models import User

from .delegation import check_not_handed_down
from .ground import allow, keep_words, locked, put

MOST_EXTENSIONS = 2
YEAR = timedelta(days=365)
"""A clock stands still for so long at most."""


@rows.together()
def ask_extension(
    case: Case, *, by: User, amount: int, words: str, seen: int | None = None
) -> Case:
    """Ask for more time for handling: before it is late, twice at most, each at most the limit."""
    case = _moved(case, states.EXTEND, by, words, seen)
    step = _handling(case)
    if case.suspended_until is not None:
        raise Refusal("case.suspended", _("Its clock stands still: more time is not needed now."))
    if case.on_spot:
        words_ = _("What is rectified on the spot has a day: there is no more time for it.")
        raise Refusal("case.on_spot", words_)
    if step.due_at is None or step.limit_amount is None:
        raise Refusal("case.no_deadline", _("It has no deadline that could be extended."))
    if step.due_at <= clock.now():
        raise Refusal("case.late", _("It is late already. More time is asked for before that; appeal once the case is closed."))  # fmt: skip
    granted = step.pleas.filter(kind=PleaKind.EXTENSION, outcome="granted").count()
    if granted >= MOST_EXTENSIONS:
        raise Refusal("case.extended_twice", _("It was extended twice already."))
    if not 1 <= amount <= step.limit_amount:
        raise Invalid(
            "case.extension_amount",
            _("At most as much as the limit itself: %(most)s.") % {"most": step.limit_amount},
            field="amount",
        )
    return _ask(case, PleaKind.EXTENSION, by, words, step=step, amount=amount)


@rows.together()
def ask_suspension(
    case: Case, *, by: User, until: datetime, words: str, seen: int | None = None
) -> Case:
    """Ask that the clock of handling stand still until a day when that is looked at again."""
    case = _moved(case, states.SUSPEND, by, words, seen)
    check_not_handed_down(case)
    if case.suspended_until is not None or _suspended_before(case):
        raise Refusal("case.suspended_once", _("A case is suspended once at most."))
    _check_until(until, clock.now())
    return _ask(case, PleaKind.SUSPENSION, by, words, step=_handling(case), until=until)


@rows.together()
def appeal(case: Case, *, by: User, words: str, seen: int | None = None) -> Case:
    """Ask that the lateness of a closed case be forgiven: once, ruled on by two people."""
    case = _moved(case, states.APPEAL, by, words, seen)
    if case.pleas.filter(kind=PleaKind.APPEAL).exists():
        raise Refusal(
            "case.appealed", _("There was an appeal already: there is one for each case.")
        )
    if not late_steps_of(case).exists():
        raise Refusal("case.not_late", _("It was not late: there is nothing to appeal against."))
    return _ask(case, PleaKind.APPEAL, by, words)


@rows.together()
def rule(case: Case, *, by: User, granted: bool, words: str, seen: int | None = None) -> Case:
    """Decide what was asked about the time of a case. Nobody decides what they asked themselves.

    Of an appeal a first "yes" goes to somebody else, whose word is the last; a "no" is.
    """
    case = _moved(case, states.RULE, by, words, seen, waiting=True)
    plea = case.pleas.select_for_update().filter(outcome="").first()
    if plea is None:
        raise Refusal("case.nothing_asked", _("Nothing waits for a decision here."))
    if plea.by_id == by.pk:
        raise NotAllowed("case.own_plea", _("Somebody else decides what you have asked for."))
    before = plea.rulings.count()
    if plea.rulings.filter(by=by).exists():
        raise NotAllowed(
            "case.ruled_already", _("You have decided already: somebody else reviews it.")
        )
    kept, digest = keep_words(words)
    rows.add(Ruling(plea=plea, granted=granted, words=kept, by=by, at=clock.now()))
    final = plea.kind != PleaKind.APPEAL or not granted or before > 0
    if final:
        plea.due_before = case.due_at
        if granted:
            _GRANT[plea.kind](case, plea)
        plea.outcome = "granted" if granted else "refused"
        plea.decided_at, plea.due_after = clock.now(), case.due_at
        rows.change(plea, "outcome", "decided_at", "due_before", "due_after", "left", "until")
        case.plea = ""
    put(case, None, "plea", "suspended_until")
    fact = TimeRuled(
        kind=plea.kind, plea=plea.pk, granted=granted, final=final, step=plea.step_id,
        words=kept.pk, words_digest=digest, due_before=_iso(plea.due_before),
        due=_iso(plea.due_after),
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def resume_clock(
    case: Case, *, by: User, words: str, until: datetime | None = None, seen: int | None = None
) -> Case:
    """Let a suspended clock run again, with what was left; or (`until`) stand still for longer."""
    case = _moved(case, states.RESUME, by, words, seen, waiting=True)
    plea = suspension_of(case)
    if plea is None:
        raise Refusal("case.not_suspended", _("Its clock is not suspended."))
    kept, digest = keep_words(words)
    if until is not None:
        _check_until(until, plea.decided_at or plea.at)
        plea.until = case.suspended_until = until
        step = _handling(case)
        step.watch_at = until
        rows.change(step, "watch_at")
        rows.change(plea, "until")
    else:
        run_again(case, plea)
    put(case, None, "suspended_until")
    fact = ClockResumed(
        step=case.step_id, words=kept.pk, words_digest=digest, due=_iso(case.due_at),
        until=_iso(until),
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


def run_again(case: Case, plea: Plea) -> None:
    """Let the clock of a locked case run from now on. Raises Refusal where a year is not known."""
    step, now = _handling(case), clock.now()
    due_at = step.due_at
    if plea.left is not None:
        with _known_year():
            due_at = clocks.after(now, plea.left, step)
    clocks.set_due(step, due_at, now)
    rows.change(step, "due_at", "watch_at", "warned")
    plea.ended_at, plea.due_after = now, due_at
    rows.change(plea, "ended_at", "due_after")
    case.due_at, case.suspended_until = due_at, None


def suspension_of(case: Case) -> Plea | None:
    """The suspension under which the clock of a case stands still."""
    if case.suspended_until is None:
        return None
    granted = case.pleas.filter(kind=PleaKind.SUSPENSION, outcome="granted", ended_at=None)
    return granted.select_for_update().last()


def _grant_extension(case: Case, plea: Plea) -> None:
    step = plea.step
    if step is None or step.due_at is None:
        raise Refusal("case.no_deadline", _("It has no deadline that could be extended."))
    more = plea.amount or 0
    with _known_year():
        due_at = clocks.with_more(step, step.due_at, more)
    step.extended += more
    clocks.set_due(step, due_at, clock.now())
    rows.change(step, "extended", "due_at", "watch_at", "warned")
    case.due_at = step.due_at


def _grant_suspension(case: Case, plea: Plea) -> None:
    step, now = _handling(case), clock.now()
    if plea.until is None or plea.until <= now:
        raise Refusal("case.until_past", _("The day on which it was to be looked at again is over. Refuse it, and let it be asked anew."))  # fmt: skip
    plea.left = _left(step, now)
    if plea.left is not None:
        step.due_at = case.due_at = None
    step.watch_at = case.suspended_until = plea.until
    rows.change(step, "due_at", "watch_at")


def _left(step: Step, now: datetime) -> timedelta | None:
    """How much time a clock has left; None when it has run out or has no limit.

    Where its due time is not known yet, for want of a calendar, what has run is counted instead.
    """
    unit = clocks.limit_of(step).unit
    if step.due_at is not None:
        late = step.due_at <= now
        return None if late else calendars.left(now, step.due_at, unit, unit_id=step.unit_id)
    if step.limit_amount is None:
        return None
    whole = calendars.times_of(step.unit_id).length(clocks.limit_of(step))
    run = calendars.left(step.started_at, now, unit, unit_id=step.unit_id)
    return max(whole - run, timedelta())


def _grant_appeal(case: Case, plea: Plea) -> None:
    rows.update(late_steps_of(case), excused=True)


_GRANT = {
    PleaKind.EXTENSION.value: _grant_extension,
    PleaKind.SUSPENSION.value: _grant_suspension,
    PleaKind.APPEAL.value: _grant_appeal,
}


@contextmanager
def _known_year() -> Iterator[None]:
    """Refuse where a deadline would lie in a year of which no calendar is known."""
    try:
        yield
    except UnknownYear as error:
        words = _("The public holidays of %(year)s are not entered yet, so no deadline can be set.")
        raise Refusal("calendar.unknown_year", words % {"year": error.year}) from error


def _moved(
    case: Case, move: Move, by: User, words: str, seen: int | None, *, waiting: bool = False
) -> Case:
    """The case, locked, on which this person may make this move now."""
    case = locked(case, seen=seen)
    allow(by, move, case)
    move.check(case.state)
    move.check_words(reason=None, words=clean(words))
    if case.plea and not waiting:
        words_ = _("Something was asked about its time already and waits for a decision.")
        raise Refusal("case.plea_waits", words_)
    return case


def _ask(
    case: Case, kind: PleaKind, by: User, words: str, *, step: Step | None = None,
    amount: int | None = None, until: datetime | None = None,
) -> Case:  # fmt: skip
    kept, digest = keep_words(words)
    plea = Plea(
        pk=rows.new(Plea), case=case, kind=kind, step=step, words=kept, by=by, unit_id=case.unit_id,
        at=clock.now(), amount=amount, until=until,
    )  # fmt: skip
    rows.add(plea)
    case.plea = kind
    put(case, None, "plea")
    fact = TimeAsked(
        kind=kind, plea=plea.pk, step=step.pk if step else None, words=kept.pk, words_digest=digest,
        amount=amount, until=_iso(until),
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


def _handling(case: Case) -> Step:
    """The open step of handling."""
    return Step.objects.select_for_update().get(case=case, kind=StepKind.HANDLE, ended_at=None)


def _suspended_before(case: Case) -> bool:
    return case.pleas.filter(kind=PleaKind.SUSPENSION, outcome="granted").exists()


def _check_until(until: datetime, since: datetime) -> None:
    if until <= clock.now():
        raise Invalid("case.until_past", _("Choose a day to come."), field="until")
    if until > since + YEAR:
        raise Invalid(
            "case.until_far", _("At most a year from when it was suspended."), field="until"
        )


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
