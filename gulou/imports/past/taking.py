"""Taking a whole file in: looked at, then in batches, each kept as soon as it is whole."""

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.db import connection
from django.utils.translation import gettext as _

from gulou.cases.operations import PastCase, known_lines, take_in
from gulou.kit.errors import Conflict, Invalid

from .files import CsvFile, Line, open_csv
from .house import House, Made, Names
from .mapping import CaseMapping
from .reading import Agreement, Reader, Rejected, Spot

BATCH = 1000
Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What came of a file, or would come of it. Counts are lines."""

    lines: int = 0
    added: int = 0
    same: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    agreement: dict[str, Agreement] = field(default_factory=dict)
    made: Made = field(default_factory=Made)


class Rejects:
    """Writes the lines that were not taken, as they were, with the reason behind them."""

    def __init__(self, file: CsvFile, out: IO[str] | None) -> None:
        self._columns = file.columns
        self._writer = csv.writer(out) if out is not None else None
        if self._writer is not None:
            self._writer.writerow([*file.columns, _("reason"), _("what stands there")])

    def write(self, line: Line, why: Rejected) -> None:
        if self._writer is not None:
            cells = [line.cells.get(column, "") for column in self._columns]
            self._writer.writerow([*cells, why.reason, why.what])


def import_cases(
    path: Path,
    mapping: CaseMapping,
    *,
    actor: str,
    dry_run: bool = False,
    rejects: IO[str] | None = None,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Take the cases of a CSV file in. What was taken before is left alone, so an import that was
    stopped is simply begun again. A dry run writes nothing and answers the same.

    Raises Invalid for a file or mapping that cannot be used, Conflict while the same is running.
    """
    file = open_csv(path)
    check_columns(file, mapping)
    with _alone(mapping.system):
        names, total = Names(mapping), 0
        for line in file.lines():
            names.take(line)
            total += 1
        house = House(names, dry_run=dry_run, actor=actor)
        taking = _Taking(Reader(mapping, house), Rejects(file, rejects), dry_run, actor)
        for batch in _batches(file.lines()):
            taking.take(batch)
            progress(taking.outcome.lines, total)
        taking.outcome.agreement = taking.reader.agreement
        taking.outcome.made = house.made
        return taking.outcome


class _Taking:
    """Takes one batch after the other."""

    def __init__(self, reader: Reader, rejects: Rejects, dry_run: bool, actor: str) -> None:
        self.reader, self.rejects, self.dry_run, self.actor = reader, rejects, dry_run, actor
        self.system = reader.mapping.system
        self.outcome = Outcome()
        self.seen: dict[str, str] = {}

    def take(self, batch: Sequence[Line]) -> None:
        self.outcome.lines += len(batch)
        fresh = [line for line in batch if self._is_fresh(line)]
        known = known_lines(self.system, [self.reader.number(line) for line in fresh])
        fresh = [line for line in fresh if self._is_new(line, known)]
        cases = []
        for line, spot in zip(fresh, self.reader.spots(fresh), strict=True):
            case = self._case(line, spot)
            if case is not None:
                cases.append(case)
        if not self.dry_run:
            take_in(cases, system=self.system, actor=self.actor)
        self.outcome.added += len(cases)
        self.outcome.states.update(case.state for case in cases)

    def _is_fresh(self, line: Line) -> bool:
        """Whether its number did not come in this file yet."""
        try:
            number = self.reader.number(line)
        except Rejected as why:
            self._reject(line, why)
            return False
        before, digest = self.seen.get(number), line.digest()
        if before is not None:
            return self._told_before(line, before, digest)
        self.seen[number] = digest
        return True

    def _is_new(self, line: Line, known: dict[str, str]) -> bool:
        """Whether it was not taken in before."""
        before = known.get(self.reader.number(line))
        return True if before is None else self._told_before(line, before, line.digest())

    def _told_before(self, line: Line, before: str, digest: str) -> bool:
        if before == digest:
            self.outcome.same += 1
        else:
            self._reject(line, Rejected(_("Its number came before with other content.")))
        return False

    def _case(self, line: Line, spot: Spot | Rejected) -> PastCase | None:
        try:
            if isinstance(spot, Rejected):
                raise spot
            return self.reader.case(line, spot)
        except Rejected as why:
            self._reject(line, why)
            return None

    def _reject(self, line: Line, why: Rejected) -> None:
        self.outcome.rejected[why.reason] += 1
        self.rejects.write(line, why)


def check_columns(file: CsvFile, mapping: CaseMapping) -> None:
    """Refuse a file that lacks a column which the mapping names. Raises Invalid."""
    missing = sorted(mapping.named_columns() - set(file.columns))
    if missing:
        raise Invalid(
            "mapping.columns",
            _("The mapping names columns that the file has not: %(missing)s. It has: %(there)s.")
            % {"missing": ", ".join(missing), "there": ", ".join(file.columns) or "–"},
            field="mapping",
        )


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(itertools.islice(lines, BATCH)):
        yield batch


@contextmanager
def _alone(system: str) -> Iterator[None]:
    """One import of a system at a time, in all processes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"gulou-import-{system}"])
        if not cursor.fetchone()[0]:
            raise Conflict(
                "import.running",
                _("Cases of “%(system)s” are being imported already. Wait until that is done.")
                % {"system": system},
            )
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"gulou-import-{system}"])
