"""Retiring an area: only once no unit looks after it and no rule names it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import queries
from gulou.kit.errors import NotFound, Refusal
from gulou.kit.words import name_of
from gulou.people import access, verbs
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import operations as places
from gulou.places.models import Area


@transaction.atomic
def retire_area(area_id: int, *, by: User) -> Area:
    """Use an area no longer for new places. Raises Refusal that says what still uses it."""
    access.require(by, verbs.PLACES, unit_id=people.office().id)
    area = Area.objects.filter(pk=area_id).first()
    if area is None:
        raise NotFound("area.unknown", _("There is no such area."))
    units = [u for u in people.unit_refs().values() if u.active and u.area_id == area_id]
    rules = queries.rules_about(area_id=area_id)
    if units or rules:
        users = [name_of(unit) for unit in units]
        users += [str(_("rule %(rule)s") % {"rule": rule.id}) for rule in rules]
        raise Refusal(
            "area.in_use",
            _("It is still in use by: %(users)s. Change these first.")
            % {"users": str(_(", ")).join(users)},
        )
    return places.retire_area(area, actor=by.actor)


def take_back_area(event_id: int, *, by: User) -> None:
    """Take a change of an area back. Raises Refusal, NotFound, NotAllowed."""
    access.require(by, verbs.PLACES, unit_id=people.office().id)
    places.take_back(event_id, actor=by.actor)
