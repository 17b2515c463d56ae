"""What each role may do."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Conflict
from gulou.outbox.record import record
from gulou.people import facts
from gulou.people.models import Role, User

from . import allow


@transaction.atomic
def create_role(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    verbs: Iterable[str],
    by: User | None,
    reaches_below: bool = False,
    second_factor: bool = False,
) -> Role:
    """A role that is not there yet. Raises Conflict where its code is taken."""
    allow.define(by)
    if Role.objects.filter(code=code).exists():
        raise Conflict("role.code_taken", _("Another role has this code."), field="code")
    return define_role(
        code=code, name_zh=name_zh, name_en=name_en, verbs=verbs, by=by,
        reaches_below=reaches_below, second_factor=second_factor,
    )  # fmt: skip


@transaction.atomic
def define_role(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    verbs: Iterable[str],
    by: User | None,
    reaches_below: bool = False,
    second_factor: bool = False,
) -> Role:
    """Say what a role may do: a new one, or one that exists. It holds for every posting at once."""
    allow.define(by)
    code = allow.words(code, field="code", at_most=40)
    role = Role.objects.select_for_update().filter(code=code).first() or Role(code=code)
    role.name_zh = allow.words(name_zh, field="name_zh", at_most=60)
    role.name_en = allow.words(name_en, field="name_en", at_most=60)
    role.verbs = sorted(set(verbs))
    role.reaches_below, role.second_factor = reaches_below, second_factor
    role.save()
    fact = facts.RoleDefined(
        code=code,
        verbs=role.verbs,
        reaches_below=reaches_below,
        second_factor=second_factor,
        name_zh=role.name_zh,
        name_en=role.name_en,
    )
    record(fact, subject=role, actor=allow.actor_of(by))
    return role
