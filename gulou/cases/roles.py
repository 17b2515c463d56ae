"""The roles that every office begins with. Data from then on: the office defines them anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gulou.calendars.states import MANAGE as MANAGE_CALENDARS
from gulou.catalogue.states import MANAGE as MANAGE_CATALOGUE
from gulou.openings.states import APPROVE as APPROVE_OPENING
from gulou.openings.states import ASK as ASK_OPENING
from gulou.people import operations as people
from gulou.people.models import Role, User
from gulou.people.queries import verbs_in_no_role
from gulou.people.verbs import MEND
from gulou.people.verbs import VERBS as PEOPLE_VERBS
from gulou.people.words import verb_codes

from . import states

DISPATCHER, ADMINISTRATOR = "dispatcher", "administrator"

_WORK = (states.ACCEPT.verb, states.RETURN.verb, states.HANDLE.verb, states.NOTE.verb,
         states.EXTEND.verb, states.SUSPEND.verb, states.APPEAL.verb,
         states.DELEGATE.verb, states.REPORT_UP.verb, states.SEND_DOWN.verb,
         states.TAKE_BACK.verb)  # fmt: skip
_RECHECK = (states.CLOSE.verb, states.REWORK.verb)
_OFFICE = tuple(
    v for v in states.VERBS if v not in (states.VERIFY.verb, states.LOOK_BACK, *_WORK, *_RECHECK)
)
# Verbs of rooms above this one, by their codes.
_SUPERVISE = ("order.give",)
_OFFICIAL = ("order.issue",)


@dataclass(frozen=True)
class ShippedRole:
    """A named set of verbs, whether it reaches below its unit, and asks for a second factor."""

    code: str
    name_zh: str
    name_en: str
    verbs: Sequence[str]
    below: bool
    second_factor: bool = False


# fmt: off
ROLES: Sequence[ShippedRole] = (
    # The dispatcher returns too: on behalf of a unit that hangs on to a case, or is no more.
    ShippedRole(DISPATCHER, "派遣员", "Dispatcher",
                (*_OFFICE, *_SUPERVISE, *_OFFICIAL, states.RETURN.verb, states.NOTE.verb, MEND, ASK_OPENING), True),
    ShippedRole("resident_service", "受理员", "Resident service",
                (states.READ, states.ENTER, states.READ_CONTACT, states.HAND_OVER_LINK,
                 states.TASK.verb, states.FILE.verb, states.DECLINE.verb, states.REDIRECT.verb, states.NOTE.verb,
                 states.WRITE_PUBLIC), True),
    ShippedRole("street_worker", "街镇经办人", "Street worker",
                (states.READ, states.VERIFY.verb, states.JOINT, *_WORK), True),
    ShippedRole("street_leader", "街镇分管领导", "Leader in charge",
                (states.READ, states.NOTE.verb, states.URGE.verb, states.JOINT,
                 states.ACT_ON_FINDINGS), True),
    ShippedRole("community_worker", "社区工作者", "Community worker",
                (states.READ, states.VERIFY.verb, *_WORK), False),
    ShippedRole("crew", "处置员", "Crew", (states.READ, states.JOINT, *_WORK), False),
    ShippedRole("rechecker", "核查员", "Rechecker",
                (states.READ, states.CLOSE.verb, states.REWORK.verb, states.LOOK_BACK, states.NOTE.verb), False),
    ShippedRole("inspector", "督查员", "Inspector",
                (states.READ, states.ENTER, states.LOOK_BACK, states.NOTE.verb), True),
    ShippedRole("district_leader", "区领导", "District leader",
                (states.READ, states.NOTE.verb, states.URGE.verb, states.RULE.verb, *_SUPERVISE,
                 states.ACT_ON_FINDINGS, APPROVE_OPENING), True),
    ShippedRole("reader", "查阅", "Reader", (states.READ,), True),
    ShippedRole(ADMINISTRATOR, "系统管理员", "Administrator",
                (states.READ, MANAGE_CATALOGUE, MANAGE_CALENDARS, *PEOPLE_VERBS), True, second_factor=True),
)
# fmt: on


@transaction.atomic
def define_shipped_roles() -> dict[str, Role]:
    """Define what is missing of the shipped roles; what the office changed stays. All, by code."""
    known = {role.code: role for role in Role.objects.all()}
    for one in ROLES:
        if one.code not in known:
            known[one.code] = people.define_role(
                code=one.code, name_zh=one.name_zh, name_en=one.name_en, verbs=one.verbs,
                by=None, reaches_below=one.below, second_factor=one.second_factor,
            )  # fmt: skip
    return known


@dataclass(frozen=True)
class NewVerbs:
    """A role, and the verbs that an update brought for it."""

    role: Role
    verbs: Sequence[str]


def new_verbs() -> list[NewVerbs]:
    """Which shipped roles are meant to hold what no role holds yet. What the office took from one
    role and left with another is its own matter and not among these."""
    new = set(verbs_in_no_role(verb_codes()))
    known = {role.code: role for role in Role.objects.all()} if new else {}
    meant = [
        (known[one.code], [v for v in one.verbs if v in new]) for one in ROLES if one.code in known
    ]
    return [NewVerbs(role, verbs) for role, verbs in meant if verbs]


@transaction.atomic
def give_new_verbs(*, by: User) -> list[NewVerbs]:
    """Give the shipped roles the verbs that an update brought for them. Told again, nothing happens."""
    given = new_verbs()
    for one in given:
        role = one.role
        people.define_role(
            code=role.code, name_zh=role.name_zh, name_en=role.name_en,
            verbs=[*role.verbs, *one.verbs], by=by, reaches_below=role.reaches_below,
            second_factor=role.second_factor,
        )  # fmt: skip
    return given
