"""One register: what it is called, its columns, how it is written out and taken in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gulou.kit.words import in_language
from gulou.people.models import User
from gulou.sheets.columns import Column, Row
from gulou.sheets.tally import Tally

Content = Sequence[Mapping[str, str]]
Taken = Sequence[Sequence[Row]]


@dataclass(frozen=True)
class Part:
    """One sheet of a register's workbook. `optional`: a file need not have it."""

    zh: str
    en: str
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def title(self) -> str:
        """Its name, for the present reader."""
        return in_language(self.zh, self.en)

    @property
    def titles(self) -> tuple[str, str]:
        """Its names in both languages."""
        return (self.zh, self.en)


@dataclass(frozen=True)
class Register:
    """`verb` opens it. `content` gives the rows of each part that a person sees; `choices` what
    listed columns are chosen from; `take` does what rows say, as a person (None: the system).

    Up to `at_once` rows are read while one waits, up to `most` by the worker.
    """

    code: str
    label: Any
    words: Any
    sign: str
    verb: str
    list_view: str
    parts: tuple[Part, ...]
    content: Callable[[User], Sequence[Content]]
    choices: Callable[[User], Mapping[str, Sequence[str]]]
    take: Callable[[Taken, User | None, Tally], None]
    rules: Sequence[Any] = ()
    at_once: int = 300
    most: int = 5_000
    # How the fields of refusals are called among the columns.
    names: dict[str, str] = field(default_factory=dict)
