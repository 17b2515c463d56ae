"""Finding cases by words, at a cost that does not grow with how many have them."""

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
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
# What is common: on so large a share of the cases, looked at so often.
_COMMON, _SEEN_SECONDS = 0.02, 600
_many: set[Question] = set()


# What is asked of words, without the words: of each question whether it has terms and units; none
# where the cases are few and known already. Whoever has it can make the query, and ask it of others.
Shape = tuple[tuple[bool, bool], ...]
# Held apart, so that the planner goes to the cases however few are wanted of them.
_THESE = "(WITH found AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS case_id) SELECT case_id FROM found)"


def asked_by(text: str) -> tuple[Shape, list[Any]]:
    """What `found_with` takes to find the cases of these words."""
    few = _few(text)
    if few is not None:
        return (), [few]
    questions = search.questions(text)
    values: list[Any] = []
    for question in questions:
        values += [question.terms] if question.terms else []
        values += [] if question.unit_ids is None else [sorted(question.unit_ids)]
    return tuple((bool(one.terms), one.unit_ids is not None) for one in questions), values


def found_with(shape: Shape, *given: Any) -> Q:
    """Which cases are found."""
    if shape:
        return _met(shape, iter(given))
    return Q(pk__in=RawSQL(_THESE, [*given]))  # noqa: S611  our own


def _met(kinds: Iterable[tuple[bool, bool]], values: Iterator[Any]) -> Q:
    """Looked at one by one, on the way from case to case."""
    wanted = Q()
    for has_terms, has_units in kinds:
        side = Q(findable__terms__matches=next(values)) if has_terms else Q()
        if has_units:
            side &= Q(unit_id__any=next(values))
        wanted |= side
    return wanted


def on_many(text: str) -> bool:
    """Whether these words stand on so many cases that they are not to be looked at one by one."""
    return _few(text) is None


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


def _few(text: str) -> list[int] | None:
    """The ids of the cases that these words find; None where there are many."""
    found: set[int] = set()
    wanted = search.questions(text)
    for question, rare in zip(wanted, search.questions(text, without=_common()), strict=True):
        ids = _few_of(question, rare)
        if ids is None:
            return None
        found.update(ids)
    return sorted(found)


def _few_of(question: Question, rare: Question) -> list[int] | None:
    """What once was on many stays so, and is not asked again."""
    if question in _many:
        return None
    sql = _sql(bool(question.terms), question.unit_ids is not None)
    values: list[Any] = [] if question.unit_ids is None else [sorted(question.unit_ids)]
    values = [rare.terms, question.terms, *values] if question.terms else values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS found LIMIT %s", [*values, _FEW + 1])  # noqa: S608  our own
        ids = [pk for (pk,) in cursor.fetchall()]
    if len(ids) <= _FEW:
        return ids
    if len(_many) < _MOST_KNOWN:
        _many.add(question)
    return None


@lru_cache(1)
def _common_then(tick: int) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs) "
            "FROM pg_stats WHERE schemaname = current_schema AND tablename = 'cases_findable' "
            "AND attname = 'terms'"
        )
        # Behind the shares of the terms stand three numbers that belong to none.
        return frozenset(term for term, share in cursor.fetchall() if term and share > _COMMON)


def _common() -> frozenset[str]:
    """Terms on so large a share of all cases that an index of them takes longer than looking at the
    cases that the others leave. As PostgreSQL saw it last."""
    return _common_then(int(time.monotonic() // _SEEN_SECONDS))


def _sql(has_terms: bool, has_units: bool) -> str:
    """The ids of the cases that answer a question of this kind; its rare terms, and all of them,
    come before its units."""
    # Held apart, so that the planner uses the index of terms however few are wanted of them; and of
    # all terms it is not to think of the index.
    found = (
        "(WITH found AS MATERIALIZED (SELECT case_id FROM cases_findable "
        "WHERE terms @@ %s::tsquery AND (terms || ''::tsvector) @@ %s::tsquery) "
        "SELECT case_id FROM found)"
    )
    if not has_units:
        return found
    units = "unit_id = ANY(%s::bigint[])"
    also = f"id IN {found} AND " if has_terms else ""
    return f"SELECT id FROM cases_case WHERE {also}{units}"  # noqa: S608  our own
