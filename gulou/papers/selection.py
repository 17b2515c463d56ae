"""Which cases a paper is made from: a queue's filters, or cases picked by number."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from gulou.cases import queries
from gulou.cases.models import Case
from gulou.cases.queries import Filters
from gulou.people.models import User

_TIMES = ("since", "until")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was chosen on a page. Numbers win over filters. Each reader sees their own part of it."""

    filters: Filters = field(default_factory=Filters)
    numbers: tuple[str, ...] = ()
    sort: str = "new"

    def cases(self, reader: User) -> QuerySet[Case]:
        """The cases that the reader sees, in order."""
        if not self.numbers:
            return queries.cases_found(reader, self.filters, sort=self.sort)
        found = queries.cases_seen_by(reader).filter(number__in=self.numbers)
        return found.order_by("-opened_at", "-id")

    def count(self, reader: User) -> int:
        """How many cases that are."""
        return self.cases(reader).order_by().count()

    def parameters(self) -> dict[str, Any]:
        """As JSON values: what `read` reads."""
        told = {name: value for name, value in asdict(self.filters).items() if value}
        for name in _TIMES:
            if name in told:
                told[name] = told[name].isoformat()
        return {"filters": told, "numbers": list(self.numbers), "sort": self.sort}

    def told(self) -> str:
        """For the record: how the list was narrowed, without the words that were looked for."""
        if self.numbers:
            return "numbers=" + ",".join(self.numbers[:20])
        told = self.parameters()["filters"]
        if "text" in told:
            told["text"] = "…"
        said = {k: ",".join(v) if isinstance(v, tuple) else v for k, v in told.items()}
        return ";".join(f"{name}={said[name]}" for name in sorted(said))[:500]

    @staticmethod
    def read(parameters: Mapping[str, Any]) -> "Selection":
        """What `parameters` gave. What this version does not know is left out."""
        known = {one.name for one in fields(Filters)}
        told = {name: _back(value) for name, value in parameters["filters"].items()
                if name in known}  # fmt: skip
        for name in _TIMES:
            if name in told:
                told[name] = datetime.fromisoformat(told[name])
        return Selection(
            filters=Filters(**told),
            numbers=tuple(parameters["numbers"]),
            sort=parameters["sort"],
        )


def _back(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
