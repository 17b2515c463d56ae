"""The registers that go out and come in as workbooks."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people import access
from gulou.people.models import User

from . import categories, holidays, people, places, rules, units
from .register import Part, Register

__all__ = ["REGISTERS", "Part", "Register", "register_coded", "registers_for"]

REGISTERS: Mapping[str, Register] = {
    one.code: one
    for one in (
        units.REGISTER, people.REGISTER, people.POSTINGS_REGISTER, categories.REGISTER,
        rules.REGISTER, places.REGISTER, places.AREAS_REGISTER, holidays.REGISTER,
    )
}  # fmt: skip


def registers_for(user: User) -> list[Register]:
    """Those that this person may take out and bring in."""
    reach = access.reach_of(user)
    return [one for one in REGISTERS.values() if reach.unit_ids_where(one.verb)]


def register_coded(code: str, *, by: User) -> Register:
    """The register with this code. Raises NotFound, also for who may not open it."""
    found = next((one for one in registers_for(by) if one.code == code), None)
    if found is None:
        raise NotFound("sheets.no_such_register", _("There is no such register among yours."))
    return found
