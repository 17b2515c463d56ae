"""Saying what is done about a finding, and from what on something counts as one."""

from dataclasses import asdict, fields, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases.operations.ground import keep_words
from gulou.cases.states import ACT_ON_FINDINGS as ACT
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Unit, User

from . import history, queries
from .facts import FindingLimitsSet, StepTaken
from .models import LimitsSet, NextStep
from .period import Period
from .queries.picture import Finding
from .queries.rates import RateLine
from .queries.scope import Scope
from .states import RANGES, About, Limits, What


@transaction.atomic
def take_step(finding: str, *, period: Period, what: str, words: str, by: User) -> NextStep:
    """Put on record what is done about a finding of the period, in words.

    Raises NotFound where the person does not see such a finding (any more), NotAllowed, Invalid.
    """
    picture = queries.picture(by, period)
    found = picture.finding(finding)
    _allow(by, found, picture.scope)
    if what not in What.values:
        raise Invalid("insight.what", _("Choose what is done about it."), field="what")
    if not clean(words):
        raise Invalid("insight.words", _("Say it in a few words."), field="words")
    kept, digest = keep_words(words)
    step = NextStep.objects.create(
        finding=finding, scope=picture.scope.key, since=period.since, until=period.until,
        basis=found.basis, what=what, words=kept, by=by, at=clock.now(),
    )  # fmt: skip
    record(
        StepTaken(
            finding=finding, since=period.since.isoformat(), until=period.until.isoformat(),
            what=what, basis=found.basis, words=kept.pk, words_digest=digest,
        ),
        subject=step, actor=by.actor,
    )  # fmt: skip
    return step


def may_act(by: User) -> bool:
    """Whether the person may say of any finding what is done about it."""
    return bool(access.unit_ids_where(by, ACT))


def _allow(by: User, found: Finding, scope: Scope) -> None:
    """For a unit's own finding one acts there; for what is of the whole scope, anywhere in it."""
    units = access.unit_ids_where(by, ACT)
    match found:
        case RateLine(about=About.UNIT):
            unit_id = found.subject_id
        case _:
            unit_id = next(iter(sorted(units)), people.office().id)
    access.require(by, ACT, unit_id=unit_id)


@transaction.atomic
def set_limits(told: Limits, *, by: User) -> LimitsSet:
    """Say from what on something counts. Raises Invalid, NotAllowed."""
    access.require(by, MANAGE, unit_id=people.office().id)
    for one in fields(Limits):
        low, high = RANGES[one.name]
        if not low <= getattr(told, one.name) <= high:
            raise Invalid(
                "insight.limit",
                _("From %(low)d to %(high)d.") % {"low": low, "high": high},
                field=one.name,
            )
    _one_at_a_time()
    row = LimitsSet.objects.first()
    was = asdict(_limits_of(row))
    new = asdict(told)
    differs = [name for name in new if new[name] != was[name]]
    row = row or LimitsSet()
    for name, value in new.items():
        setattr(row, name, value)
    row.save()
    if differs:
        fact = FindingLimitsSet(
            before={name: was[name] for name in differs},
            after={name: new[name] for name in differs},
        )
        record(fact, subject=row, actor=by.actor)
    return row


@transaction.atomic
def take_back_limits(event_id: int, *, by: User) -> None:
    """Undo the last change of the limits; what was done about findings meanwhile stays."""
    access.require(by, MANAGE, unit_id=people.office().id)
    _one_at_a_time()
    row = LimitsSet.objects.first()
    event = history.last_of_limits()
    if row is None or event is None or event.pk != event_id:
        raise NotFound("insight.no_such_change", _("There is nothing to take back here."))
    set_limits(replace(_limits_of(row), **event.payload["before"]), by=by)


def _one_at_a_time() -> None:
    """The first time there is no row to lock: two at once wait at the office."""
    Unit.objects.select_for_update(no_key=True).get(pk=people.office().id)


def _limits_of(row: LimitsSet | None) -> Limits:
    """What the office has set, else the shipped numbers."""
    return Limits(*(getattr(row, one.name) for one in fields(Limits))) if row else Limits()
