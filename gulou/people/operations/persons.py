"""People who may sign in, and their passwords."""

import re
import secrets
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import facts, queries
from gulou.people.models import PastPassword, Posting, Role, StreetLeader, Unit, User
from gulou.people.passwords import REMEMBERED, CharacterClasses

from . import allow
from .earlier import keep_earlier
from .postings import post_person
from .sessions import end_all_sessions, unlink_wechat

# Without the characters that are mistaken for each other on paper.
_WECOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Enrolled:
    """Somebody new, and the password that is shown once."""

    user: User
    password: str


@transaction.atomic
def enrol_person(
    *,
    username: str,
    display_name: str,
    by: User | None,
    password: str | None = None,
    must_change_password: bool = False,
    phone: str = "",
    email: str = "",
    language: str = "",
    employee_number: str = "",
    wecom_userid: str = "",
) -> User:
    """Somebody new who may sign in (not before a password is set), and do nothing yet."""
    allow.manage(by, unit_ids=[])
    return _enrolled(
        User(
            username=username,
            display_name=display_name,
            phone=phone,
            email=email,
            language=language,
            employee_number=employee_number,
            wecom_userid=wecom_userid,
            must_change_password=must_change_password,
        ),
        password,
        by=by,
    )


@transaction.atomic
def enrol_at(
    unit: Unit,
    *,
    role: Role,
    username: str,
    display_name: str,
    by: User | None,
    phone: str = "",
    email: str = "",
    employee_number: str = "",
    wecom_userid: str = "",
    since: date | None = None,
    until: date | None = None,
    trial: bool = False,
) -> Enrolled:
    """Somebody new with a first posting, so that who manages the unit may; and a password, told
    once: to be handed over in person and changed at the first sign-in. In a `trial`, which is
    going to be taken back, there is none: making one takes long."""
    allow.grant(by, role, unit_id=unit.pk)
    password = "" if trial else _made_up()
    user = _enrolled(
        User(
            username=username,
            display_name=display_name,
            phone=phone,
            email=email,
            employee_number=employee_number,
            wecom_userid=wecom_userid,
            must_change_password=True,
        ),
        password,
        by=by,
    )
    post_person(user, role=role, unit=unit, by=by, since=since, until=until)
    return Enrolled(user, password)


@transaction.atomic
def describe_person(
    user: User,
    *,
    by: User | None,
    display_name: str = "",
    phone: str = "",
    email: str = "",
    employee_number: str = "",
    wecom_userid: str = "",
) -> User:
    """Another name, telephone number, address or employee number; what is left empty stays."""
    given = {
        "display_name": display_name,
        "phone": phone,
        "email": email,
        "employee_number": employee_number,
        "wecom_userid": wecom_userid,
    }
    return set_details(user, by=by, **{name: text for name, text in given.items() if clean(text)})


@transaction.atomic
def set_details(user: User, *, by: User | None, **given: str) -> User:
    """The named ones of DETAILS as given: what is empty becomes empty, but for the name."""
    user = _locked(user)
    _allow_all_postings(by, user)
    before = {name: getattr(user, name) for name in given}
    for name, text in given.items():
        setattr(user, name, clean(text))
    allow.words(user.display_name, field="display_name", at_most=80)
    _check_fields(user)
    _check_number(user)
    user.save(update_fields=list(given))
    event = record(facts.PersonDescribed(), subject=user, actor=allow.actor_of(by))
    keep_earlier(event, before, {name: getattr(user, name) for name in given})
    return user


@transaction.atomic
def deactivate_person(user: User, *, by: User | None) -> User:
    """Shut somebody out at once, from every posting and session."""
    user = _locked(user)
    _allow_all_postings(by, user)
    if not user.is_active:
        raise Refusal("person.inactive", _("This person's access has been closed."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(facts.PersonDeactivated(), subject=user, actor=allow.actor_of(by))
    end_all_sessions(user, reason="closed", actor=allow.actor_of(by))
    return user


@transaction.atomic
def reactivate_person(user: User, *, by: User | None) -> User:
    """Open somebody's access again, with the postings that still run."""
    user = _locked(user)
    _allow_all_postings(by, user)
    if user.is_active:
        raise Refusal("person.active", _("This person's access is open."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(facts.PersonReactivated(), subject=user, actor=allow.actor_of(by))
    return user


@transaction.atomic
def change_password(user: User, password: str) -> User:
    """A person chooses a new password. Raises Invalid where it is too weak or was used before."""
    user = _locked(user)
    _check_password(password, user)
    _set_password(user, password, must_change=False)
    record(facts.PasswordChanged(), subject=user, actor=user.actor)
    return user


@transaction.atomic
def reset_password(user: User, *, by: User | None, only_way: bool = False) -> str:
    """A new password, told once: to be handed over in person and changed at the first sign-in.

    `only_way`: passkeys are removed and WeChat is unlinked, so that nothing else opens the door.
    """
    user, actor = _locked(user), allow.actor_of(by)
    _allow_all_postings(by, user)
    password = _made_up()
    _set_password(user, password, must_change=True)
    record(facts.PasswordReset(), subject=user, actor=actor)
    if only_way:
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()[0]:
            record(facts.SecondFactorRemoved(kind="webauthn"), subject=user, actor=actor)
        unlink_wechat(user, actor=actor)
    end_all_sessions(user, reason="password", actor=actor)
    return password


@transaction.atomic
def sign_out_person(user: User, *, by: User | None) -> int:
    """End every session of somebody, now; they may sign in again. How many there were."""
    _allow_all_postings(by, _locked(user))
    return end_all_sessions(user, reason="forced", actor=allow.actor_of(by))


@transaction.atomic
def remove_second_factor(user: User, *, by: User | None) -> User:
    """For who has lost the telephone and the recovery codes: sets it up anew at the next sign-in.

    What is signed in on that telephone ends, and its WeChat opens nothing any more.
    """
    user, actor = _locked(user), allow.actor_of(by)
    _allow_all_postings(by, user)
    Authenticator.objects.filter(user=user).delete()
    record(facts.SecondFactorRemoved(), subject=user, actor=actor)
    unlink_wechat(user, actor=actor)
    end_all_sessions(user, reason="forced", actor=actor)
    return user


def _enrolled(user: User, password: str | None, *, by: User | None) -> User:
    user.username = User.normalize_username(clean(user.username))
    user.display_name = allow.words(user.display_name, field="display_name", at_most=80)
    for name in ("phone", "email", "employee_number", "wecom_userid"):
        setattr(user, name, clean(getattr(user, name)))
    user.set_unusable_password()
    _check_person(user)
    if password:
        _check_password(password, user)
        user.set_password(password)
        user.password_set_at = clock.now()
    user.save()
    record(facts.PersonEnrolled(), subject=user, actor=allow.actor_of(by))
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _allow_all_postings(by: User | None, user: User) -> None:
    """Only who manages all of a person's units and may do there whatever that person may: else a
    street could take over the district, or a clerk the office's dispatcher."""
    postings = list(Posting.objects.filter(user=user).select_related("role", "unit"))
    streets = list(StreetLeader.objects.filter(user=user).values_list("unit_id", flat=True))
    allow.manage(by, unit_ids={*streets, *(posting.unit_id for posting in postings)})
    for posting in postings:
        allow.grant(by, posting.role, unit_id=posting.unit_id)
    for unit_id in streets:
        allow.lend(by, queries.STREET_LEADER_VERBS, unit_ids=queries.unit_ids_below([unit_id]))


def _check_number(user: User) -> None:
    others = User.objects.filter(employee_number=user.employee_number).exclude(pk=user.pk)
    if user.employee_number and others.exists():
        raise Conflict(
            "person.number_taken",
            _("Somebody has this employee number."),
            field="employee_number",
        )
    same = User.objects.filter(wecom_userid__iexact=user.wecom_userid).exclude(pk=user.pk)
    if user.wecom_userid and same.exists():
        raise Conflict(
            "person.wecom_taken", _("Somebody has this WeCom user id."), field="wecom_userid"
        )
    if user.wecom_userid and not _WECOM.fullmatch(user.wecom_userid):
        raise Invalid(
            "person.wecom_wrong",
            _("Letters, digits and . _ - @ only, as WeCom shows it."),
            field="wecom_userid",
        )


def _check_person(user: User) -> None:
    _check_fields(user)
    _check_number(user)
    if User.objects.filter(username__iexact=user.username).exists():
        raise Conflict(
            "person.name_taken", _("Somebody signs in with this name."), field="username"
        )


def _check_fields(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("person.invalid", messages[0], field=field) from error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("password.weak", " ".join(error.messages), field="password") from error


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    if user.has_usable_password():
        PastPassword.objects.create(user=user, password=user.password, replaced_at=clock.now())
        kept = PastPassword.objects.filter(user=user).order_by("-replaced_at", "-pk")
        PastPassword.objects.filter(
            pk__in=list(kept.values_list("pk", flat=True)[REMEMBERED:])
        ).delete()
    user.set_password(password)
    user.password_set_at, user.must_change_password = clock.now(), must_change
    user.save(update_fields=["password", "password_set_at", "must_change_password"])


def _made_up() -> str:
    """Four groups of four, about 90 bits; with all the kinds of characters that the rules ask."""
    while True:
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        password = "-".join(groups)
        if CharacterClasses.count(password) == 4:
            return password
