"""Who may do what, where: the one place that answers.

A verb is held through a posting that reaches the unit a thing belongs to, or through an open step
of work that was given to the person or to a unit that a posting reaches.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, CharField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotAllowed

from .models import Posting, StreetLeader, User
from .queries import STREET_LEADER_VERBS, has_second_factor, in_force, today, unit_refs
from .verbs import MANAGE

_NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True)
class OpenStep:
    """A stretch of work that waits for somebody: the verbs it lends, its unit, its person."""

    verbs: frozenset[str]
    unit_id: int
    person_id: int | None


@dataclass(frozen=True)
class Post:
    """One present posting: at which unit, in which role."""

    unit_id: int
    name_zh: str
    name_en: str
    second_factor: bool


@dataclass(frozen=True)
class Reach:
    """What one person may do where, read once: for pages that ask about many verbs.

    `user_id` is None for somebody who may no longer do anything. `posts`: the first one heads the
    person's pages.
    """

    user_id: int | None
    unit_ids_by_verb: Mapping[str, frozenset[int]]
    posts: tuple[Post, ...] = ()

    def unit_ids_where(self, verb: str) -> frozenset[int]:
        """Every unit that the person's present postings reach with this verb."""
        return self.unit_ids_by_verb.get(verb, _NOWHERE)

    def holds(self, verb: str, *, unit_id: int, steps: Iterable[OpenStep] = ()) -> bool:
        """Whether the person may do `verb` to a thing of this unit with these open steps."""
        reached = self.unit_ids_where(verb)
        return unit_id in reached or any(
            verb in step.verbs
            and (step.person_id == self.user_id if step.person_id else step.unit_id in reached)
            for step in steps
        )


@dataclass
class _Known:
    """What persons may do, as it was read in this request, and whether it stays so."""

    reaches: dict[int, Reach]
    stays: bool


_known: ContextVar[_Known | None] = ContextVar("known", default=None)


@contextmanager
def one_request(*, only_looks: bool) -> Iterator[None]:
    """Ask once for what each person may do: in a request that only looks. In one that changes
    something once before it does; whatever an operation asks, and what comes after it, is asked
    anew each time, for postings begin and end."""
    token = _known.set(_Known({}, only_looks))
    try:
        yield
    finally:
        _known.reset(token)


def reach_of(user: User) -> Reach:
    """What this person may do where, now. One small query."""
    if not user.is_active:
        return Reach(None, {})
    known = _known.get()
    if known is not None and not known.stays and connection.in_atomic_block:
        _known.set(None)
        known = None
    if known is None:
        return _reach_of(user)
    if user.pk not in known.reaches:
        known.reaches[user.pk] = _reach_of(user)
    return known.reaches[user.pk]


def _reach_of(user: User) -> Reach:
    # Of most people one posting says it all: its set is then shared by all its verbs.
    found: dict[str, frozenset[int]] = {}
    units, posts = unit_refs(), []
    for verbs, below, unit_id, *post in sorted(_held(user.pk, today()), key=_since):
        reached = units.ids_below(units[unit_id]) if below else frozenset((unit_id,))
        for verb in verbs:
            found[verb] = found[verb] | reached if verb in found else reached
        # The district's administrator: else what hangs beside or above the office is nobody's.
        if below and MANAGE in verbs and any(units[pk].is_office for pk in reached):
            found[MANAGE] = frozenset(units)
        role_id, *named, _begun, _pk = post
        if role_id is not None:
            posts.append(Post(unit_id, *named))
    return Reach(user.pk, found, tuple(posts))


def _since(row: tuple[Any, ...]) -> Any:
    return row[-2:]


def unit_ids_where(user: User, verb: str) -> frozenset[int]:
    """Every unit that the user's present postings reach with this verb."""
    return reach_of(user).unit_ids_where(verb)


def posted_unit_ids(user: User) -> frozenset[int]:
    """The units at which the user holds any posting now."""
    return frozenset(
        Posting.objects.filter(in_force(), user=user).values_list("unit_id", flat=True)
    )


def has_no_post(user: User) -> bool:
    """Whether nothing can wait for somebody: they may not sign in, or hold no posting now."""
    return not user.is_active or not posted_unit_ids(user)


def holds(user: User, verb: str, *, unit_id: int, steps: Iterable[OpenStep] = ()) -> bool:
    """Whether the user may do `verb` to a thing of this unit on which these steps are open."""
    return reach_of(user).holds(verb, unit_id=unit_id, steps=steps)


def require(user: User, verb: str, *, unit_id: int, steps: Iterable[OpenStep] = ()) -> None:
    """Raise NotAllowed unless `holds`."""
    if not holds(user, verb, unit_id=unit_id, steps=steps):
        raise NotAllowed(
            "access.not_allowed",
            _("Your posting does not let you do this here. Ask the office whom it belongs to."),
        )


def lacks_second_factor(user: User) -> bool:
    """Whether a present posting asks for a second factor that this person has not set up."""
    asked = any(post.second_factor for post in reach_of(user).posts)
    return asked and not has_second_factor(user)


@Compiled
def _held(user_id: int, day: date) -> QuerySet[Any, Any]:
    """Verbs, whether they reach below, the unit, and the role, of postings and of attachments to
    streets, which have none."""
    text = CharField(max_length=40)
    postings = Posting.objects.filter(in_force(day), user_id=user_id).order_by()
    leaders = StreetLeader.objects.filter(in_force(day), user_id=user_id).order_by()
    lent = Value(sorted(STREET_LEADER_VERBS), output_field=ArrayField(text))
    yes, no = (Value(one, output_field=BooleanField()) for one in (True, False))
    role, nameless = Value(None, output_field=BigIntegerField()), Value("", output_field=text)
    return postings.values_list(
        "role__verbs", "role__reaches_below", "unit_id",
        "role_id", "role__name_zh", "role__name_en", "role__second_factor", "since", "pk",
    ).union(
        leaders.values_list(lent, yes, "unit_id", role, nameless, nameless, no, "since", "pk"),
        all=True,
    )  # fmt: skip
