"""The first day of an office: its unit, its roles, and the two people who can begin."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases.roles import ADMINISTRATOR, DISPATCHER, define_shipped_roles
from gulou.kit.errors import Refusal
from gulou.people import operations as people
from gulou.people.models import Unit, UnitKind, User

OFFICE_CODE = "OFFICE"


@dataclass(frozen=True)
class Newcomer:
    """Somebody who will sign in with this name."""

    username: str
    name: str


@dataclass(frozen=True)
class Office:
    """What the district office is called, and who begins there."""

    name_zh: str
    name_en: str
    administrator: Newcomer
    dispatcher: Newcomer
    code: str = OFFICE_CODE


@dataclass(frozen=True)
class Login:
    """A first password, shown once: it is changed at the first sign-in."""

    username: str
    password: str


@transaction.atomic
def found(office: Office) -> list[Login]:
    """Make the office at the top of the tree of units, with one administrator and one dispatcher.

    All or nothing. Raises Refusal where there is an office already, Invalid for bad words.
    """
    if Unit.objects.filter(is_office=True).exists():
        raise Refusal("unit.office_taken", _("There is a district office already."))
    roles = define_shipped_roles()
    unit = people.create_unit(
        kind=UnitKind.CIVILITY_OFFICE, code=office.code, name_zh=office.name_zh,
        name_en=office.name_en, parent=None, by=None, is_office=True,
    )  # fmt: skip
    logins = []
    for newcomer, role in ((office.administrator, ADMINISTRATOR), (office.dispatcher, DISPATCHER)):
        user, login = enrol(newcomer)
        people.post_person(user, role=roles[role], unit=unit, by=None)
        logins.append(login)
    return logins


def enrol(newcomer: Newcomer, *, phone: str = "", email: str = "") -> tuple[User, Login]:
    """A new person with a made-up password."""
    user = people.enrol_person(
        username=newcomer.username, display_name=newcomer.name, phone=phone, email=email, by=None
    )
    return user, Login(user.username, people.reset_password(user, by=None))
