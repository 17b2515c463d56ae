"""Units, roles, people, postings."""

from datetime import date
from typing import Any

import factory
from django.db import transaction

from gulou.people.models import Posting, Role, Unit, UnitKind, User
from gulou.people.queries import units_changing

LONG_AGO = date(2020, 1, 1)


class UnitFactory(factory.django.DjangoModelFactory[Unit]):
    class Meta:
        model = Unit

    kind = UnitKind.DEPARTMENT
    code = factory.Sequence(lambda n: f"U{n}")
    name_zh = factory.LazyAttribute(lambda unit: f"单位{unit.code}")
    name_en = factory.LazyAttribute(lambda unit: f"Unit {unit.code}")

    @classmethod
    def _create(cls, model_class: type[Unit], *args: Any, **kwargs: Any) -> Unit:
        with transaction.atomic(), units_changing():
            unit: Unit = super()._create(model_class, *args, **kwargs)  # type: ignore[no-untyped-call]
            unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}."
            unit.save(update_fields=["path"])
        return unit


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.LazyAttribute(lambda user: user.username.title())


class RoleFactory(factory.django.DjangoModelFactory[Role]):
    class Meta:
        model = Role

    code = factory.Sequence(lambda n: f"role{n}")
    name_zh = factory.LazyAttribute(lambda role: f"角色{role.code}")
    name_en = factory.LazyAttribute(lambda role: f"Role {role.code}")
    verbs = factory.LazyFunction(list)


class PostingFactory(factory.django.DjangoModelFactory[Posting]):
    class Meta:
        model = Posting

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory)
    unit = factory.SubFactory(UnitFactory)
    since = LONG_AGO
