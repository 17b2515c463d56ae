"""What reading a file into a register did, or would do: row by row, with every mistake."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DataError, transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Refusal

from .columns import Row
from .tables import Mistake

ADDED, CHANGED, SAME = "added", "changed", "same"


@dataclass(frozen=True)
class Login:
    """A first password, told once: it is changed at the first sign-in."""

    username: str
    password: str
    name: str = ""


@dataclass
class Step:
    """What one row did: to what, and each change as column, old, new."""

    row: int
    sheet: str
    title: str = ""
    added: bool = False
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, column: str, old: object, new: object) -> None:
        """Something became something else."""
        self.changes.append((column, _words(old), _words(new)))

    @property
    def done(self) -> str:
        """In one word."""
        return ADDED if self.added else CHANGED if self.changes else SAME


@dataclass
class Tally:
    """Collects it. `trial`: everything is going to be taken back. `names`: how a refusal's field
    is called among our columns."""

    trial: bool = False
    tell: Callable[[int, int], None] = lambda done, total: None
    total: int = 0
    names: dict[str, str] = field(default_factory=dict)
    file_name: str = ""
    sha256: str = ""
    steps: dict[tuple[str, int], Step] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    _wrong: set[tuple[str, int]] = field(default_factory=set)

    @contextmanager
    def row(self, row: Row) -> Iterator[Step]:
        """Around what one row does: refused, it does nothing, and the mistake is noted. A row may
        come again; what went wrong before is left alone."""
        key = (row.sheet, row.number)
        step = self.steps.setdefault(key, Step(row.number, row.sheet))
        try:
            with transaction.atomic():
                yield step
        except Refusal as refusal:
            self.note_mistake(row, str(refusal.message), field=refusal.field)
        except DataError:
            self.note_mistake(
                row, _("This row holds something that cannot be kept. Is it too long?")
            )
        self.tell(min(len(self.steps), self.total), self.total)

    def is_wrong(self, row: Row) -> bool:
        """Whether the row was refused."""
        return (row.sheet, row.number) in self._wrong

    def note_mistake(self, row: Row, words: str, *, field: str = "") -> None:
        """This row cannot be taken."""
        self.steps.pop((row.sheet, row.number), None)
        self._wrong.add((row.sheet, row.number))
        name = self.names.get(field, field)
        self.mistakes.append(Mistake(row.number, row.heads.get(name, name), words, row.sheet))

    def count(self, done: str) -> int:
        """How many rows added something, changed something, or did nothing."""
        return sum(step.done == done for step in self.steps.values())

    def digest(self) -> str:
        """SHA-256 of all that was done: two trials with the same digest do the same."""
        done = [
            (step.sheet, step.row, step.done, step.changes)
            for _key, step in sorted(self.steps.items())
            if step.done != SAME
        ]
        return hashlib.sha256(json.dumps(done, ensure_ascii=False).encode()).hexdigest()


def _words(value: object) -> str:
    return "" if value is None else str(value)
