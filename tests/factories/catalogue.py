"""Editions, categories, conditions, rules, reasons, limits, other channels.

Every factory gives the catalogue's revision a new token, as the operations do, so that what a
process keeps at hand is read again.
"""

from datetime import date
from typing import Any, TypeVar

import factory
from django.db.models import Model

from gulou.catalogue import current
from gulou.catalogue.models import Category, CodeSet, Condition, Elsewhere, Reason, Rule, StepLimit
from gulou.catalogue.states import CategoryKind, ElsewhereKind, Evidence, Lead, ReasonKind, TimeUnit
from gulou.people.models import Unit

LONG_AGO = date(2020, 1, 1)
M = TypeVar("M", bound=Model)


class _Touching(factory.django.DjangoModelFactory[M]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        current.touch()
        made: M = super()._create(model_class, *args, **kwargs)  # type: ignore[no-untyped-call]
        return made


class CodeSetFactory(_Touching[CodeSet]):
    """The current edition; the same one for every category of a test."""

    class Meta:
        model = CodeSet
        django_get_or_create = ("code", "edition")

    code = "test"
    edition = "1"
    name_zh = "测试分类"
    name_en = "Test list"
    current = True


class ClassFactory(_Touching[Category]):
    """A class of problems."""

    class Meta:
        model = Category
        django_get_or_create = ("code_set", "code")

    code_set = factory.SubFactory(CodeSetFactory)
    kind = CategoryKind.EVENT
    code = "event.01"
    name_zh = factory.LazyAttribute(lambda category: f"大类{category.code}")
    name_en = factory.LazyAttribute(lambda category: f"Class {category.code}")
    icon = "trash"
    evidence = Evidence.PHOTO


class CategoryFactory(_Touching[Category]):
    """A subclass, offered to residents, shown by a photo. It has no condition of its own yet."""

    class Meta:
        model = Category

    code_set = factory.SubFactory(CodeSetFactory)
    parent = factory.SubFactory(ClassFactory, code_set=factory.SelfAttribute("..code_set"))
    kind = CategoryKind.EVENT
    code = factory.Sequence(lambda n: f"event.01.{n:02}")
    name_zh = factory.LazyAttribute(lambda category: f"小类{category.code}")
    name_en = factory.LazyAttribute(lambda category: f"Category {category.code}")
    icon = "trash"
    evidence = Evidence.PHOTO
    public_rank = 1


class ConditionFactory(_Touching[Condition]):
    """The default condition of a category: two working days."""

    class Meta:
        model = Condition

    category = factory.SubFactory(CategoryFactory)
    code = factory.Sequence(lambda n: f"condition{n}")
    name_zh = "一般情况"
    name_en = "Ordinary"
    amount = 2
    time_unit = TimeUnit.WORKING_DAY
    is_default = True


class RuleFactory(_Touching[Rule]):
    """The street looks after everything everywhere, since long ago."""

    class Meta:
        model = Rule

    lead = factory.LazyAttribute(lambda rule: Lead.UNIT if rule.unit else Lead.STREET)
    unit = None
    since = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[Rule], *args: Any, **kwargs: Any) -> Rule:
        assisting: list[Unit] = kwargs.pop("assisting", [])
        rule = super()._create(model_class, *args, **kwargs)
        rule.assisting.set(assisting)
        return rule


class ReasonFactory(_Touching[Reason]):
    class Meta:
        model = Reason

    kind = ReasonKind.RETURN
    code = factory.Sequence(lambda n: f"reason{n}")
    name_zh = factory.LazyAttribute(lambda reason: f"原因{reason.code}")
    name_en = factory.LazyAttribute(lambda reason: f"Reason {reason.code}")


class StepLimitFactory(_Touching[StepLimit]):
    class Meta:
        model = StepLimit

    step_kind = "intake"
    amount = 15
    time_unit = TimeUnit.MINUTE


class ElsewhereFactory(_Touching[Elsewhere]):
    class Meta:
        model = Elsewhere

    kind = ElsewhereKind.DANGER
    code = factory.Sequence(lambda n: f"channel{n}")
    number = "119"
    name_zh = "火警"
    name_en = "Fire brigade"
    words_zh = "请拨打 119。"
    words_en = "Call 119."
