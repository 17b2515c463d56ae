"""Finding cases by words: how what is written on them is split, kept, and asked for.

Each case has one row of terms beside it, so that its moves do not rewrite them: pairs of Han
characters, Latin words and numbers, and the ids of its areas and category. Names of areas,
categories and units are looked up when somebody asks, for they change. Text and question are split
alike (kit.words.bigrams); the last character of a run stands for itself too, for single characters.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup, QuerySet

from gulou.catalogue import queries as catalogue
from gulou.kit import rows
from gulou.kit.compiled import Compiled
from gulou.kit.words import bigrams, clean
from gulou.people import queries as people
from gulou.places import queries as places

from .models import Answer, Case, Note, Report

MOST_LETTERS = 80
MOST_WORDS = 8
# A term may not be longer; nobody looks for the end of such a thing.
_LONGEST = 60
# Beyond so many it is no name that was meant.
_MOST_NAMED = 60
_NUMBER = re.compile(r"r?\d{4}-\d+")
_HAN_END = re.compile(r"[^\x00-\x7f](?![^\x00-\x7f])")


def terms_of(*texts: str) -> set[str]:
    """What a case is found by that has these texts on it."""
    terms: set[str] = set()
    for text in texts:
        lower = text.lower()
        terms.update(_NUMBER.findall(lower))
        for term in bigrams(text):
            terms.add(term[:_LONGEST])
            if term.isdigit():
                terms.add(term.lstrip("0")[:_LONGEST] or "0")
        terms.update(one for end in _HAN_END.findall(lower) for one in bigrams(end))
    return terms


def take_in(case: Case, *texts: str) -> None:
    """Let a case be found by these texts too, and by its number, place and category. Keeps the
    texts of before."""
    _add(case.pk, terms_of(case.number, case.address, case.summary, *texts) | _ids_of(case))


def take_in_many(cases: Iterable[tuple[Case, Sequence[str]]]) -> None:
    """As `take_in`, for many new cases at once."""
    _put({case.pk: terms_of(case.number, case.address, case.summary, *texts) | _ids_of(case)
          for case, texts in cases})  # fmt: skip


def also_find(case_id: int, *texts: str) -> None:
    """Let a case be found by these texts too."""
    _add(case_id, terms_of(*texts))


def find_anew(cases: Iterable[Case]) -> None:
    """Let these cases be found by what stands on them now, and by nothing else."""
    found = {case.pk: terms_of(case.number, case.address, case.summary) | _ids_of(case)
             for case in cases}  # fmt: skip
    for case_id, *texts in _written_on(found):
        found[case_id] |= terms_of(*texts)
    _put(found)


def _put(found: Mapping[int, set[str]]) -> None:
    if found:
        rows.run(_PUT, [json.dumps([[pk, sorted(terms)] for pk, terms in found.items()])])


_PUT = """
    INSERT INTO cases_findable (case_id, terms)
    SELECT (one ->> 0)::bigint, array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(one -> 1)))
    FROM jsonb_array_elements(%s::jsonb) AS one
    ON CONFLICT (case_id) DO UPDATE SET terms = excluded.terms
"""


def missing(most: int) -> list[Case]:
    """Cases that cannot be found yet: an older version running beside this one took them in."""
    return list(Case.objects.filter(findable=None).order_by("-pk")[:most])


def _written_on(case_ids: Collection[int]) -> Iterator[tuple[int, str, str, str]]:
    pks = list(case_ids)
    yield from _sent(pks)
    yield from ((pk, text, "", "") for pk, text in _noted(pks))
    yield from ((pk, text, "", "") for pk, text in _answered(pks))


@Compiled
def _sent(case_ids: list[int]) -> QuerySet[Any, Any]:
    reports = Report.objects.filter(case_id__any=case_ids)
    return reports.values_list("case_id", "receipt", "address", "words__text")


@Compiled
def _noted(case_ids: list[int]) -> QuerySet[Any, Any]:
    notes = Note.objects.filter(case_id__any=case_ids, words__isnull=False)
    return notes.values_list("case_id", "words__text")


@Compiled
def _answered(case_ids: list[int]) -> QuerySet[Any, Any]:
    answers = Answer.objects.filter(report__case_id__any=case_ids, words__isnull=False)
    return answers.values_list("report__case_id", "words__text")


def _add(case_id: int, terms: set[str]) -> None:
    if not terms:
        return
    rows.run(
        "INSERT INTO cases_findable (case_id, terms) VALUES (%s, array_to_tsvector(%s)) "
        "ON CONFLICT (case_id) DO UPDATE SET terms = cases_findable.terms || excluded.terms",
        [case_id, sorted(terms)],
    )


def _ids_of(case: Case) -> set[str]:
    areas = (case.street_id, case.community_id, case.grid_id)
    return {f"#a{pk}" for pk in areas if pk is not None} | {f"#c{case.category_id}"}


@dataclass(frozen=True)
class Question:
    """What somebody looks for: `terms` as PostgreSQL's tsquery ("" asks nothing of the words), and
    the units that answer for it, where a word named some."""

    terms: str
    unit_ids: frozenset[int] | None = None


def questions(text: str, *, without: Collection[str] = ()) -> list[Question]:
    """What these words may ask for; a case that answers one of them is found. None where there is
    nothing that could be found. Each word must fit, to whatever on the case it may be.

    The terms of `without` are left out where others of their word remain: then the questions, one
    for each, find what they would and more.
    """
    words = clean(text)[:MOST_LETTERS].split()[:MOST_WORDS]
    asked = [(word, _asks(word, without)) for word in words]
    if not asked or not all(one for _, one in asked):
        return []
    found = [Question(" & ".join(one for _, one in asked))]
    for place, (word, _) in enumerate(asked):
        if units := _named(word, people.unit_refs().values()):
            rest = " & ".join(one for n, (_, one) in enumerate(asked) if n != place)
            found.append(Question(rest, unit_ids=units))
    return found


def _asks(word: str, without: Collection[str]) -> str:
    """One word as a tsquery: its terms, or an area or category of this name."""
    terms = [word.lower()] if is_number(word) else bigrams(word)
    if not terms:
        return ""
    quoted = [*map(_quoted, terms[:-1]), _last(terms)]
    kept = [one for term, one in zip(terms, quoted, strict=True) if term not in without]
    sides = ["(" + " & ".join(kept or quoted) + ")"]
    sides += [f"'#a{pk}'" for pk in _named(word, places.area_refs().values())]
    sides += [f"'#c{pk}'" for pk in _named(word, catalogue.category_refs().values())]
    return "(" + " | ".join(sides) + ")"


def is_number(word: str) -> bool:
    """Whether this looks like the number of a case or a receipt, or the beginning of one."""
    return _NUMBER.fullmatch(word.lower()) is not None


def _quoted(term: str) -> str:
    return f"'{term[:_LONGEST]}'"


def _last(terms: Sequence[str]) -> str:
    """The beginning of a number or Latin word, and one Han character alone, stand for more."""
    term = terms[-1]
    begins = len(term) > 2 if term.isascii() else len(term) == len(terms) == 1
    return _quoted(term) + (":*" if begins else "")


def _named(word: str, things: Iterable[object]) -> frozenset[int]:
    """The ids of those that have this in their name."""
    looked_for = word.casefold()
    if len(looked_for) < 2:
        return frozenset()
    ids = frozenset(
        thing.id for thing in things  # type: ignore[attr-defined]  # each is a ref with id and names
        if looked_for in f"{thing.name_zh}\n{thing.name_en}".casefold()  # type: ignore[attr-defined]
    )  # fmt: skip
    return ids if len(ids) <= _MOST_NAMED else frozenset()


@SearchVectorField.register_lookup
class Matches(Lookup):
    """`terms__matches="'路灯' & '坏了'"`: terms as they are, not parsed by a configuration."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The condition and its values."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*values, self.rhs]
