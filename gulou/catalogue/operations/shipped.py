"""Loading what Gulou ships: the list of categories, limits of steps, reasons, other channels."""

from pathlib import Path

from django.db import transaction

from gulou.catalogue import current
from gulou.catalogue.files import SHIPPED, Line, read_edition, read_lines
from gulou.catalogue.models import CodeSet, Elsewhere, Reason, StepLimit
from gulou.catalogue.states import ElsewhereKind, ReasonKind, TimeUnit
from gulou.people.models import User

from . import allow
from .checkings import begin_with_shipped
from .code_sets import load_code_set

EDITION = "gulou-2026.1"


@transaction.atomic
def load_shipped(*, by: User | str) -> CodeSet:
    """Bring in what is missing of the shipped lists; what the office changed stays as it is.

    The shipped edition becomes current only where none is: changing editions is the office's.
    """
    allow.actor_of(by)
    load_lists(SHIPPED, by=by)
    begin_with_shipped(by=by)
    edition = read_edition(SHIPPED / EDITION)
    known = CodeSet.objects.filter(code=edition.code, edition=edition.edition).first()
    if known is not None:
        return known
    first = not CodeSet.objects.filter(current=True).exists()
    return load_code_set(SHIPPED / EDITION, by=by, make_current=first).code_set


@transaction.atomic
@current.changing()
def load_lists(folder: Path, *, by: User | str) -> None:
    """Add the limits of steps, reasons and other channels of this folder that are not here yet.

    Raises Invalid that names file, line and column.
    """
    allow.actor_of(by)
    StepLimit.objects.bulk_create(
        [_step_limit(line) for line in read_lines(folder / "step_limits.csv", _STEP_LIMIT)],
        ignore_conflicts=True,
    )
    Reason.objects.bulk_create(
        [_reason(line) for line in read_lines(folder / "reasons.csv", _REASON)],
        ignore_conflicts=True,
    )
    Elsewhere.objects.bulk_create(
        [_elsewhere(line) for line in read_lines(folder / "elsewhere.csv", _ELSEWHERE)],
        ignore_conflicts=True,
    )


_STEP_LIMIT = {"step_kind", "amount", "time_unit"}
_REASON = {"kind", "code", "name_zh", "name_en", "public_zh", "public_en"}
_ELSEWHERE = {
    "code", "kind", "number", "name_zh", "name_en", "words_zh", "words_en", "keywords", "rank",
}  # fmt: skip


def _step_limit(line: Line) -> StepLimit:
    return StepLimit(
        step_kind=line.code("step_kind", at_most=20),
        amount=line.count("amount", at_least=1),
        time_unit=line.one_of("time_unit", TimeUnit.values),
    )


def _reason(line: Line) -> Reason:
    return Reason(
        kind=line.one_of("kind", ReasonKind.values),
        code=line.code("code", at_most=40),
        name_zh=line.words("name_zh", at_most=80),
        name_en=line.words("name_en", at_most=120),
        public_zh=line.words("public_zh", at_most=200, needed=False),
        public_en=line.words("public_en", at_most=300, needed=False),
    )


def _elsewhere(line: Line) -> Elsewhere:
    return Elsewhere(
        kind=line.one_of("kind", ElsewhereKind.values),
        code=line.code("code", at_most=40),
        number=line.words("number", at_most=40, needed=False),
        name_zh=line.words("name_zh", at_most=60),
        name_en=line.words("name_en", at_most=80),
        words_zh=line.words("words_zh", at_most=200),
        words_en=line.words("words_en", at_most=300),
        keywords=line["keywords"].split(),
        rank=line.count("rank", at_least=0),
    )
