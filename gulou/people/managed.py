"""Reading what one manages: units, people and postings within reach of people.manage, no others."""

from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound

from .access import unit_ids_where
from .models import Leadership, Posting, StreetLeader, Unit, User
from .queries import UnitRef, in_force, office, today, unit_refs
from .verbs import MANAGE


def managed_unit_ids(reader: User) -> frozenset[int]:
    """The units whose data and people this person manages."""
    return unit_ids_where(reader, MANAGE)


def unit_managed_by(reader: User, unit_id: int) -> Unit:
    """A unit that this person manages. Raises NotFound, for others may not know its pages."""
    if unit_id in managed_unit_ids(reader):
        found = Unit.objects.select_related("parent", "area").filter(pk=unit_id).first()
        if found is not None:
            return found
    raise NotFound("unit.unknown", _("There is no such unit among those you manage."))


def units_managed_by(reader: User) -> list[UnitRef]:
    """The units this person manages, dissolved ones too, as a tree in order."""
    ids = managed_unit_ids(reader)
    return [unit for unit in unit_refs().values() if unit.id in ids]


def heir_of(unit: Unit, *, reader: User) -> Unit | None:
    """Who takes over what waits with a unit that is dissolved: the unit above, where it is in use
    and this person manages it too."""
    above = unit_refs().get(unit.parent_id or 0)
    if above is None or not above.active or above.id not in managed_unit_ids(reader):
        return None
    return unit_managed_by(reader, above.id)


def people_managed_by(reader: User) -> QuerySet[User]:
    """Everybody ever posted or attached to a unit this person manages; for who manages the district
    office, also those who were never posted anywhere."""
    ids = managed_unit_ids(reader)
    found = Q(pk__in=Posting.objects.filter(unit_id__in=ids).values("user_id"))
    found |= Q(pk__in=StreetLeader.objects.filter(unit_id__in=ids).values("user_id"))
    if office().id in ids:
        found |= ~Q(pk__in=Posting.objects.values("user_id"))
    return User.objects.filter(found).order_by("username")


def person_managed_by(reader: User, uid: UUID) -> User:
    """One of them. Raises NotFound."""
    found = people_managed_by(reader).filter(uid=uid).first()
    if found is None:
        raise NotFound("person.unknown", _("There is nobody of this kind among your people."))
    return found


def manages_all_of(reader: User, user: User) -> bool:
    """Whether this person manages every unit where the other is posted or attached, now or later.
    Who manages one of them only sees that they are there; how to reach them is for who does."""
    held = Q(until=None) | Q(until__gte=today())
    units = {
        *Posting.objects.filter(held, user=user).values_list("unit_id", flat=True),
        *StreetLeader.objects.filter(held, user=user).values_list("unit_id", flat=True),
    }
    return units <= managed_unit_ids(reader)


def people_per_unit(reader: User) -> dict[int, int]:
    """How many people are posted today at each unit this person manages; none are left out."""
    rows = postings_managed_by(reader, on=today()).order_by().values("unit_id")
    counted = rows.annotate(people=Count("user_id", distinct=True))
    return {row["unit_id"]: row["people"] for row in counted}


def postings_managed_by(reader: User, *, on: date | None = None) -> QuerySet[Posting]:
    """The postings at the units this person manages: of a day, or all."""
    rows = Posting.objects.filter(unit_id__in=managed_unit_ids(reader))
    if on is not None:
        rows = rows.filter(in_force(on))
    return rows.select_related("user", "role", "unit").order_by("unit__path", "-since", "user_id")


def posting_managed_by(reader: User, posting_id: int) -> Posting:
    """One of them. Raises NotFound."""
    found = postings_managed_by(reader).filter(pk=posting_id).first()
    if found is None:
        raise NotFound("posting.unknown", _("There is no such posting at your units."))
    return found


def attachments_managed_by(reader: User, *, on: date | None = None) -> QuerySet[StreetLeader]:
    """Which leaders look after the streets this person manages (包街镇): on a day, or ever."""
    rows = StreetLeader.objects.filter(unit_id__in=managed_unit_ids(reader))
    if on is not None:
        rows = rows.filter(in_force(on))
    return rows.select_related("user", "unit").order_by("unit__path", "-since")


def attachment_managed_by(reader: User, attachment_id: int) -> StreetLeader:
    """One of them. Raises NotFound."""
    found = attachments_managed_by(reader).filter(pk=attachment_id).first()
    if found is None:
        raise NotFound("leader.unknown", _("There is no such street among yours."))
    return found


def leaders_managed_by(reader: User) -> QuerySet[Leadership]:
    """The leading groups of the units this person manages, past ones too."""
    rows = Leadership.objects.filter(unit_id__in=managed_unit_ids(reader))
    return rows.select_related("unit").order_by("unit__path", "duty", "-since")


def leader_managed_by(reader: User, leadership_id: int) -> Leadership:
    """One of them. Raises NotFound."""
    found = leaders_managed_by(reader).filter(pk=leadership_id).first()
    if found is None:
        raise NotFound("leader.unknown", _("There is no such leader at your units."))
    return found
