"""Reading units and people. The tree of units is small and read all the time: it is kept at hand."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound, Refusal
from gulou.kit.words import name_of
from gulou.outbox.kept import Kept
from gulou.outbox.queries import told
from gulou.places.models import Area

from .facts import AttachmentWithdrawn, PostingWithdrawn
from .models import (
    Demonstration,
    DeviceSession,
    Duty,
    EndedSession,
    Leadership,
    PhoneLink,
    Posting,
    Role,
    StreetLeader,
    Unit,
    User,
)

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What being attached to a street lets a leader of the district do there.
STREET_LEADER_VERBS = frozenset({"case.read", "case.note", "order.give"})


@dataclass(frozen=True)
class UnitRef:
    """What others need to know of a unit, without a query. `path` is "1.5.9." down to itself."""

    id: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    path: str
    area_id: int | None
    parent_id: int | None
    is_office: bool
    active: bool
    uid: UUID

    @cached_property
    def ancestor_ids(self) -> tuple[int, ...]:
        """The units above it, from the top, and itself."""
        return tuple(int(part) for part in self.path.split(".") if part)


class Registry(Mapping[int, UnitRef]):
    """Units by id. One that is missing is looked for again, as another process may have just
    made it: so whoever holds an id of a unit finds the unit."""

    def __init__(self, units: Mapping[int, UnitRef]) -> None:
        self._units = units
        self._below: dict[str, frozenset[int]] = {}

    def __getitem__(self, unit_id: int) -> UnitRef:
        if unit_id not in self._units and unit_id:
            return _kept.anew()._units[unit_id]
        return self._units[unit_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    def values(self) -> ValuesView[UnitRef]:
        """All units, in the order of the tree."""
        return self._units.values()

    def ids_below(self, unit: UnitRef) -> frozenset[int]:
        """This unit and everything below it; looked for once as long as no unit changes."""
        below = self._below.get(unit.path)
        if below is None:
            below = frozenset(one.id for one in self.values() if one.path.startswith(unit.path))
            self._below[unit.path] = below
        return below


def _read() -> Registry:
    fields = list(UnitRef.__dataclass_fields__)
    rows = Unit.objects.order_by("path").values_list(*fields)
    return Registry({row[0]: UnitRef(*row) for row in rows})


_kept = Kept("people.units", _read)
units_token, units_changing, touch_units = _kept.token, _kept.changing, _kept.touch


def today() -> date:
    """The day it is, where the office is."""
    return timezone.localdate(clock.now())


def in_force(on: date | None = None, *, prefix: str = "") -> Q:
    """Postings, leading groups and attachments that hold on this day (today). Both ends count."""
    day = on or today()
    begun = Q(**{f"{prefix}since__lte": day})
    return begun & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": day}))


def unit_refs() -> Registry:
    """Every unit by id, dissolved ones too, at no cost. What another process did to them shows
    after kept.CHECK_SECONDS at the latest; a unit that is new there, as soon as it is asked for."""
    return _kept.now()


def unit_ref(code: str) -> UnitRef:
    """The unit with this code. Raises NotFound."""
    unit = _first(lambda unit: unit.code == code)
    if unit is not None:
        return unit
    raise NotFound("unit.unknown", _("There is no unit with this code."), field="unit")


def office() -> UnitRef:
    """The district office, to which every case belongs until a unit is made responsible."""
    unit = _first(lambda unit: unit.is_office)
    if unit is not None:
        return unit
    raise Refusal(
        "unit.no_office",
        _("There is no district office yet. On the server, `gulou found` makes it."),
    )


def _first(wanted: Callable[[UnitRef], bool]) -> UnitRef | None:
    """The first such unit; looks once more for one that another process has just made."""
    for look in (_kept.now, _kept.anew):
        for unit in look().values():
            if wanted(unit):
                return unit
    return None


def unit_ids_below(unit_ids: Iterable[int]) -> frozenset[int]:
    """These units and everything below them."""
    roots = frozenset(unit_ids)
    return frozenset(
        unit.id for unit in unit_refs().values() if not roots.isdisjoint(unit.ancestor_ids)
    )


@dataclass(frozen=True)
class Use:
    """Something that needs a unit, and what to do about it, in a sentence."""

    code: str
    words: Any
    # The same as what would go to another unit with it, where it can.
    goes: Any = ""


def uses_of_unit(unit_id: int) -> list[Use]:
    """What stands in the way of dissolving a unit: what this room knows, and what the rooms above
    know; the settings name them."""
    uses = []
    below = [u for u in unit_refs().values() if u.parent_id == unit_id and u.active]
    if below:
        words = _("Units still belong to this one: %(names)s. Move or dissolve them first.")
        uses.append(Use("unit.has_units", words % {"names": _some(below)}))
    open_now = Posting.objects.filter(unit_id=unit_id).exclude(until__lt=today())
    people = list(User.objects.filter(pk__in=open_now.values("user_id")).order_by("pk"))
    if people:
        words = _("People are still posted here: %(names)s. End their postings first.")
        uses.append(Use("unit.has_postings", words % {"names": _some(people)}))
    if StreetLeader.objects.filter(unit_id=unit_id).exclude(until__lt=today()).exists():
        words = _("Leaders still look after this street. End that first.")
        uses.append(Use("unit.has_leaders", words))
    for path in settings.UNIT_USES:
        uses.extend(import_string(path)(unit_id))
    return uses


def _some(things: Collection[Any]) -> str:
    """The first names of a list, and that there are more."""
    first = list(things)[:5]
    names = [name_of(one) if isinstance(one, UnitRef) else str(one) for one in first]
    return str(_(", ")).join(names) + (" …" if len(things) > len(first) else "")


def area_called(area_id: int | None) -> str:
    """The name of an area; "" for none."""
    area = Area.objects.filter(pk=area_id).first() if area_id else None
    return name_of(area) if area else ""


def areas_in_use() -> list[Area]:
    """The areas that a unit may look after, the large ones first."""
    rows = Area.objects.filter(active=True).select_related("level")
    return list(rows.order_by("level__rank", "code"))


def roles() -> list[Role]:
    """All roles, in the order of their codes. Everybody in the house may know them."""
    return list(Role.objects.all())


def role_coded(code: str) -> Role:
    """The role with this code. Raises NotFound."""
    found = Role.objects.filter(code=code).first()
    if found is None:
        raise NotFound("role.unknown", _("There is no role with this code."))
    return found


def held_by(role: Role) -> list[Posting]:
    """Who holds a role today."""
    rows = Posting.objects.filter(in_force(), role=role).select_related("user", "unit")
    return list(rows.order_by("unit__path", "user__username"))


def verbs_in_no_role(verbs: Iterable[str]) -> list[str]:
    """Those of these verbs that no role holds: an update brought them, and nobody may use them."""
    held = {verb for role in Role.objects.all() for verb in role.verbs}
    return [verb for verb in verbs if verb not in held]


def units_seen_by(user: User) -> list[UnitRef]:
    """The units in use, as a tree in order. Everybody in the house may know who is who."""
    if not user.is_active:
        return []
    return [unit for unit in unit_refs().values() if unit.active]


def people_at(unit_ids: Collection[int], verb: str) -> list[User]:
    """Who holds the verb at any of these units today, through a posting there or above."""
    refs = unit_refs()
    above = {up for id in unit_ids if id in refs for up in refs[id].ancestor_ids}
    return _holders_of(verb)(list(unit_ids), list(above), today())


@cache
def _holders_of(verb: str) -> Compiled[User]:
    def holders(unit_ids: list[int], above: list[int], today: date) -> QuerySet[User]:
        reaches = Q(unit_id__any=unit_ids) | Q(role__reaches_below=True, unit_id__any=above)
        postings = Posting.objects.filter(in_force(today), reaches, role__verbs__contains=[verb])
        found = Q(pk__in=postings.values("user_id"))
        if verb in STREET_LEADER_VERBS:
            leaders = StreetLeader.objects.filter(in_force(today), unit_id__any=above)
            found |= Q(pk__in=leaders.values("user_id"))
        return User.objects.filter(found, is_active=True).order_by("pk")

    return Compiled(holders)


def posted_at(unit_id: int, verbs: Collection[str]) -> list[User]:
    """Who is posted today at this very unit, in a role that holds any of these verbs."""
    return _posted_with(tuple(verbs))(unit_id, today())


@cache
def _posted_with(verbs: tuple[str, ...]) -> Compiled[User]:
    def posted(unit_id: int, today: date) -> QuerySet[User]:
        held = {"unit_id": unit_id, "role__verbs__overlap": list(verbs)}
        postings = Posting.objects.filter(in_force(today), **held)
        return User.objects.filter(pk__in=postings.values("user_id"), is_active=True).order_by("pk")

    return Compiled(posted)


def email_of_unit(unit_id: int) -> str:
    """The address of a unit; "" where it has none."""
    return Unit.objects.values_list("email", flat=True).get(pk=unit_id)


def posted_with(verb: str) -> list[tuple[int, UUID, int]]:
    """Everybody who holds the verb by a posting today: person, public id, and the unit they are
    posted at; once for each such posting."""
    return list(_everybody_with(verb)(today()))


@cache
def _everybody_with(verb: str) -> Compiled[Any]:
    def postings(today: date) -> QuerySet[Any, Any]:
        held = Posting.objects.filter(
            in_force(today), role__verbs__contains=[verb], user__is_active=True
        )
        return held.order_by("user_id", "pk").values_list("user_id", "user__uid", "unit_id")

    return Compiled(postings)


def leading_group(unit_id: int, *, on: date | None = None) -> list[Leadership]:
    """Head, deputy in charge and liaison of a unit on a day (today)."""
    rank = {duty: place for place, duty in enumerate(Duty.values)}
    return sorted(_leading(unit_id, on or today()), key=lambda row: rank[row.duty])


@Compiled
def _leading(unit_id: int, on: date) -> QuerySet[Leadership]:
    return Leadership.objects.filter(in_force(on), unit_id=unit_id).select_related("user")


def leading_groups(unit_ids: Collection[int]) -> dict[int, list[Leadership]]:
    """The leading groups of many units today, by unit: head, deputy in charge, liaison."""
    rank = {duty: place for place, duty in enumerate(Duty.values)}
    groups: dict[int, list[Leadership]] = {}
    rows = Leadership.objects.filter(in_force(), unit_id__in=unit_ids)
    for row in sorted(rows, key=lambda row: rank[row.duty]):
        groups.setdefault(row.unit_id, []).append(row)
    return groups


def street_leaders(unit_ids: Collection[int]) -> dict[int, list[User]]:
    """The leaders of the district who look after these units today, by unit (包街镇)."""
    found: dict[int, list[User]] = {}
    rows = StreetLeader.objects.filter(in_force(), unit_id__in=unit_ids).select_related("user")
    for row in rows.order_by("unit_id", "since"):
        found.setdefault(row.unit_id, []).append(row.user)
    return found


def liaisons(unit_ids: Collection[int]) -> list[Leadership]:
    """Whom to call today, one row for each of these units that has named somebody."""
    return list(Leadership.objects.filter(in_force(), unit_id__in=unit_ids, duty=Duty.LIAISON))


def postings_of(user: User, *, on: date | None = None) -> QuerySet[Posting]:
    """The postings a person holds on a day (today), with role and unit."""
    return Posting.objects.filter(in_force(on), user=user).select_related("role", "unit")


def all_postings_of(user: User) -> list[Posting]:
    """Every posting a person holds or ever held, the present ones first."""
    rows = Posting.objects.filter(user=user).select_related("role", "unit")
    return sorted(rows, key=lambda one: (one.until or date.max, one.since), reverse=True)


def postings_by_person(users: Collection[User]) -> dict[int, list[Posting]]:
    """The postings these people hold today, by person."""
    found: dict[int, list[Posting]] = {}
    rows = Posting.objects.filter(in_force(), user__in=users).select_related("role", "unit")
    for row in rows.order_by("since", "pk"):
        found.setdefault(row.user_id, []).append(row)
    return found


def streets_of(user: User) -> list[StreetLeader]:
    """The streets a leader looks after or looked after, the latest first."""
    rows = StreetLeader.objects.filter(user=user).select_related("unit")
    return list(rows.order_by("-since"))


def units_of(users: Collection[User]) -> dict[int, UnitRef]:
    """The unit at which each of these people is posted today (their first posting), by person."""
    refs = unit_refs()
    found: dict[int, UnitRef] = {}
    for user_id, unit_id in _posted([user.pk for user in users], today()):
        found.setdefault(user_id, refs[unit_id])
    return found


@Compiled
def _posted(user_ids: list[int], day: date) -> QuerySet[Any, Any]:
    rows = Posting.objects.filter(in_force(day), user_id__any=user_ids).order_by("since", "pk")
    return rows.values_list("user_id", "unit_id")


def person_named(username: str) -> User | None:
    """Who signs in with this name, however it is capitalised."""
    found = User.objects.filter(username__iexact=username)[:2]
    return found[0] if len(found) == 1 else None


def people_by_uid(uids: Collection[UUID]) -> Mapping[UUID, User]:
    """People by the id that facts name them with."""
    return {user.uid: user for user in _with_uids(list(uids))}


@Compiled
def _with_uids(uids: list[UUID]) -> QuerySet[User]:
    return User.objects.filter(uid__any=uids)


def names_of_actors(actors: Iterable[str]) -> dict[str, str]:
    """What to call those whom facts name as "user:<uid>"; others are left out."""
    by_uid = {UUID(actor[5:]): actor for actor in actors if actor.startswith("user:")}
    return {by_uid[uid]: str(user) for uid, user in people_by_uid(set(by_uid)).items()}


def has_second_factor(user: User) -> bool:
    """Whether a person has set a second step up."""
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists())


def needs_second_factor(user: User) -> bool:
    """Whether a present posting asks for a second factor."""
    return Posting.objects.filter(in_force(), user=user, role__second_factor=True).exists()


_WITHDRAWN = (PostingWithdrawn.name, AttachmentWithdrawn.name)


def has_left(user: User) -> bool:
    """Whether somebody was posted once and no posting or street of theirs runs on or is to come.
    One that was withdrawn on its first day left no row, only the record of it."""
    over = Q(until__lt=today())
    held = (Posting.objects.filter(user=user), StreetLeader.objects.filter(user=user))
    if any(rows.exclude(over).exists() for rows in held):
        return False
    return any(rows.exists() for rows in held) or bool(
        told(user.subject_kind, names=_WITHDRAWN, uids=[user.uid], limit=1)
    )


def sessions_of(user: User) -> list[DeviceSession]:
    """Where somebody is signed in now, the last used first."""
    return list(DeviceSession.objects.filter(user=user))


def digest_of_secret(secret: str) -> str:
    """What is kept of a secret that somebody else holds."""
    return hashlib.sha256(f"people.phones\n{secret}".encode()).hexdigest()


def phone_link_owner(token: str) -> User:
    """Whom a link signs in on a phone: looking does not spend it. Raises NotFound."""
    links = PhoneLink.objects.filter(digest=digest_of_secret(token), expires_at__gt=clock.now())
    link = links.select_related("user").first()
    if link is None or not link.user.is_active or has_left(link.user):
        raise NotFound(
            "phone.link_unknown",
            _(
                "This link was used already, or is older than ten minutes. Make a new one at the desk."
            ),
        )
    return link.user


def was_ended(digest: str) -> bool:
    """Whether the session whose key has this digest was ended by its owner or the office."""
    return EndedSession.objects.filter(digest=digest).exists()


def password_is_due(user: User) -> bool:
    """Whether the person has to choose a new password before anything else."""
    if user.must_change_password:
        return True
    if not settings.PASSWORD_DAYS:
        return False
    return (clock.now() - (user.password_set_at or user.date_joined)).days >= settings.PASSWORD_DAYS


_mark = Kept("people.demonstration", lambda: Demonstration.objects.exists())
demonstration_changing = _mark.changing


def is_demonstration() -> bool:
    """Whether the demonstration filled this database, whatever the settings say now. Kept at hand.

    While the database cannot be asked, what the settings say.
    """
    try:
        return _mark.now()
    except DatabaseError:
        return bool(settings.DEMO_LOGINS)


def ways_in() -> list[dict[str, str]]:
    """The ways of signing in beside name and password that the settings open: name of the provider,
    name of its address, and the provider's id in the address ("" for none)."""
    found = []
    if settings.GULOU.oidc_issuer:
        found.append({"id": "openid_connect", "view": "openid_connect_login", "key": "city"})
    if settings.GULOU.wechat_app_id:
        found.append({"id": "weixin", "view": "weixin_login", "key": ""})
    return found


def linked_wechat(user: User) -> bool:
    """Whether a WeChat account opens this person's door."""
    return bool(SocialAccount.objects.filter(user=user, provider="weixin").exists())


def other_ways_in(user: User) -> tuple[int, bool]:
    """What signs a person in beside the password: how many passkeys, and whether WeChat does."""
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count()
    return keys, linked_wechat(user)


def person_numbered(number: str) -> User | None:
    """Who has this employee number."""
    return User.objects.filter(employee_number=number).first() if number else None


def is_published(username: str, password: str) -> bool:
    """Whether everybody who has read about the demonstration can sign in with these words."""
    return any(
        login.username == username.casefold() and login.password == password
        for login in import_string(settings.PUBLISHED_LOGINS)()
    )


def demo_logins() -> list[Any]:
    """Who can sign in to the demonstration, where it is loaded; settings.DEMO_LOGINS tells."""
    if not settings.DEMO_LOGINS:
        return []
    offered = import_string(settings.DEMO_LOGINS)()
    names = {login.username for login in offered}
    there = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    return [login for login in offered if login.username in there]
