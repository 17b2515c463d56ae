"""Finding cases by words, at a cost that does not grow with how many have them."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from gulou.cases import search
from gulou.cases.models import Report
from gulou.cases.search import Question
from gulou.kit.words import clean
from gulou.people.models import User
from gulou.places import queries as places

from .seen import cases_seen_by

# Up to so many are looked up and sorted; of more, the newest are soon met on the way from case to
# case.
_FEW = 3000
_MOST_KNOWN = 10_000
_many: set[Question] = set()


def found_by(text: str) -> Q:
    """Which cases these words find."""
    questions = search.questions(text)
    if not questions:
        return Q(pk__in=[])
    if not _any_on_many(questions):
        asked = [_sql(question) for question in questions]
        found = " UNION ALL ".join(sql for sql, _ in asked)
        return Q(pk__in=RawSQL(found, [value for _, values in asked for value in values]))  # noqa: S611
    wanted = Q()
    for question in questions:
        side = Q(findable__terms__matches=question.terms) if question.terms else Q()
        if question.unit_ids is not None:
            side &= Q(unit_id__in=sorted(question.unit_ids))
        wanted |= side
    return wanted


def on_many(text: str) -> bool:
    """Whether these words stand on so many cases that they are not to be looked at one by one."""
    return _any_on_many(search.questions(text))


def numbered(text: str) -> Q:
    """The case with this number, or with the report of this receipt."""
    number, district = clean(text).upper(), places.district().id
    if not search.is_number(number):
        return Q(pk__in=[])
    if number.startswith("R"):
        sent = Report.objects.filter(district_id=district, receipt=number)
        return Q(pk__in=list(sent.values_list("case_id", flat=True)))
    return Q(district_id=district, number=number)


def number_meant(user: User, text: str) -> str:
    """The number of the case that this very number or receipt names, "" for none that is seen."""
    seen = cases_seen_by(user).filter(numbered(text))
    return str(seen.values_list("number", flat=True).first() or "")


def _any_on_many(questions: list[Question]) -> bool:
    return any(_on_many(question) for question in questions)


def _on_many(question: Question) -> bool:
    """What once was on many stays so, and is not asked again."""
    if question in _many:
        return True
    sql, values = _sql(question)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM ({sql}) AS found LIMIT %s) AS counted",  # noqa: S608  our own
            [*values, _FEW + 1],
        )
        many = bool(cursor.fetchone()[0] > _FEW)
    if many and len(_many) < _MOST_KNOWN:
        _many.add(question)
    return many


def _sql(question: Question) -> tuple[str, list[Any]]:
    """The ids of the cases that answer a question, and the values of that SQL."""
    # Held apart, so that the planner uses the index of terms however few are wanted of them.
    found = (
        "(WITH found AS MATERIALIZED (SELECT case_id FROM cases_findable "
        "WHERE terms @@ %s::tsquery) SELECT case_id FROM found)"
    )
    units = "SELECT id FROM cases_case WHERE unit_id = ANY(%s)"
    if question.unit_ids is None:
        return found, [question.terms]
    values: list[Any] = [sorted(question.unit_ids)]
    if not question.terms:
        return units, values
    return f"{units} AND id IN {found}", [*values, question.terms]
