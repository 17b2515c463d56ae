"""Changing how cases are checked after handling and closing. What was drawn before stays drawn."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.models import Category, Checking, CodeSet
from gulou.catalogue.states import RecheckWay
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.outbox.record import record
from gulou.people.models import User

from . import allow

SHIPPED = CheckingRef(blind_share=5, first_share=10, second_share=5)
"""What an office begins with."""
LONGEST = 366
"""The most days after closing on which a case is looked back at."""


@transaction.atomic
@current.changing()
def set_checking(category_id: int | None, checking: CheckingRef | None, *, by: User | str) -> None:
    """How cases of a category or class are checked from now on; with `category_id` None those of
    all others. `checking` None: it has nothing of its own any more."""
    actor = allow.actor_of(by)
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise NotFound("catalogue.no_such_category", _("There is no such category."))
    if checking is not None:
        _check(checking)
    was = current.registry().checkings.get(category_id)
    if was == checking:
        raise Refusal("catalogue.same_checking", _("It is set like that already."))
    row = Checking.objects.select_for_update().filter(category=category_id)
    row.delete()
    if checking is not None:
        Checking.objects.create(category_id=category_id, **asdict(checking))
    code_set = CodeSet.objects.select_for_update().filter(current=True).first()
    if code_set is None:
        raise Refusal(
            "catalogue.no_code_set",
            _("No list of categories is loaded yet. On the server, `gulou prepare` loads it."),
        )
    fact = facts.CheckingSet(category_id=category_id, before=told(was), after=told(checking))
    record(fact, subject=code_set, actor=actor)


@transaction.atomic
@current.changing()
def begin_with_shipped(*, by: User | str) -> None:
    """Let all cases be checked as shipped, where the office has set nothing for all of them."""
    allow.actor_of(by)
    if not Checking.objects.filter(category=None).exists():
        Checking.objects.create(category=None, **asdict(SHIPPED))


def told(checking: CheckingRef | None) -> dict[str, Any]:
    """Its particulars, as a fact tells them."""
    return asdict(checking) if checking is not None else {}


def _check(checking: CheckingRef) -> None:
    if checking.way not in RecheckWay.values:
        raise Invalid("catalogue.recheck_way", _("Choose how it is rechecked."), field="way")
    for name in ("blind_share", "first_share", "second_share"):
        if not 0 <= getattr(checking, name) <= 100:
            raise Invalid("catalogue.share", _("A share is between 0 and 100 percent."), field=name)
    if not 1 <= checking.first_days <= LONGEST:
        raise Invalid(
            "catalogue.look_back_days",
            _("A look-back comes 1 to %(most)s days after closing.") % {"most": LONGEST},
            field="first_days",
        )
    if not checking.first_days < checking.second_days <= LONGEST:
        raise Invalid(
            "catalogue.look_back_order",
            _("The second look-back comes after the first, at most %(most)s days after closing.")
            % {"most": LONGEST},
            field="second_days",
        )
