"""Who may change units and people. The system itself (by=None) may."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import clean
from gulou.people import access, queries, verbs
from gulou.people.models import Role, Unit, User


def actor_of(by: User | None) -> str:
    """How the record names who acts."""
    return by.actor if by else "system"


def manage(by: User | None, *, unit_ids: Iterable[int]) -> None:
    """Whoever holds people.manage at every one of these units; the office where there is none."""
    if by is None:
        return
    reached = access.unit_ids_where(by, verbs.MANAGE)
    wanted = frozenset(unit_ids) or {queries.office().id}
    if not wanted <= reached:
        _refuse()


def grant(by: User | None, role: Role, *, unit_id: int) -> None:
    """Nobody hands out what they do not hold, but for those who define what roles are."""
    manage(by, unit_ids=[unit_id])
    reached = queries.unit_ids_below([unit_id]) if role.reaches_below else [unit_id]
    lend(by, role.verbs, unit_ids=reached)


def lend(by: User | None, wanted: Iterable[str], *, unit_ids: Iterable[int]) -> None:
    """Whoever holds each of these verbs at each of these units, or defines what roles are."""
    if by is None:
        return
    reach = access.reach_of(by)
    if reach.holds(verbs.DEFINE, unit_id=queries.office().id):
        return
    units = frozenset(unit_ids)
    if not all(units <= reach.unit_ids_where(verb) for verb in wanted):
        raise NotAllowed(
            "people.more_than_own",
            _("This person's role may do more here than you may. Ask the district office."),
        )


def lead(by: User | None, unit: Unit) -> None:
    """Who lets somebody look after a street: the office, as far as its own reach goes."""
    manage(by, unit_ids=[])
    lend(by, queries.STREET_LEADER_VERBS, unit_ids=queries.unit_ids_below([unit.pk]))


@contextmanager
def gaining_nothing(by: User | None) -> Iterator[None]:
    """Nobody reaches more by what they change, but for those who define what roles are."""
    if by is None or access.holds(by, verbs.DEFINE, unit_id=queries.office().id):
        yield
        return
    before = access.reach_of(by)
    yield
    after = access.reach_of(by)
    if any(
        after.unit_ids_where(verb) - before.unit_ids_where(verb) for verb in after.unit_ids_by_verb
    ):
        raise NotAllowed(
            "people.more_for_oneself",
            _("You would reach more than now by this change. Ask the district office."),
        )


def define(by: User | None) -> None:
    """Roles are the district office's."""
    if by is not None and not access.holds(by, verbs.DEFINE, unit_id=queries.office().id):
        _refuse()


def words(text: str, *, field: str, at_most: int) -> str:
    """A cleaned text that is there and fits. Raises Invalid."""
    text = clean(text)
    if not text:
        raise Invalid("people.words_missing", _("This cannot be empty."), field=field)
    if len(text) > at_most:
        raise Invalid(
            "people.words_too_long",
            _("At most %(count)s characters fit here.") % {"count": at_most},
            field=field,
        )
    return text


def _refuse() -> None:
    raise NotAllowed(
        "people.not_allowed",
        _("Your posting does not let you change this. Ask the district office."),
    )
