"""What was picked on a page of the desk: cases by number, else the queue's filters."""

from dataclasses import dataclass

from django.http import QueryDict

from gulou.desk.filters import Asked, asked
from gulou.kit.words import clean
from gulou.papers.selection import Selection

MOST_PICKED = 500


@dataclass(frozen=True)
class Picked:
    """A selection, with the values that bring it along in a form or an address."""

    selection: Selection
    ask: Asked

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Names and values for hidden fields and addresses."""
        if self.selection.numbers:
            return [("number", number) for number in self.selection.numbers]
        return [(name, value) for name, value in self.ask.values.items()
                if value and name not in ("key", "at", "view")]  # fmt: skip


def picked(query: QueryDict) -> Picked:
    """Read `number` (repeated, or several with commas), or else the address of a queue."""
    ask = asked(query)
    # The boxes of the queue hold number and version; `whole` is for the whole list instead.
    boxes = [text.partition(":")[0] for text in query.getlist("case")]
    given = [] if query.get("whole") == "1" else [*query.getlist("number"), *boxes]
    found = (clean(part) for text in given for part in text.split(","))
    numbers = tuple(dict.fromkeys(part[:24] for part in found if part))[:MOST_PICKED]
    return Picked(Selection(filters=ask.filters, numbers=numbers, sort=ask.sort), ask)


def columns_of(query: QueryDict) -> list[str]:
    """The columns that were ticked; empty for all."""
    return [clean(code)[:20] for code in query.getlist("column")[:50]]
