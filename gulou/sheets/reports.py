"""What a dry run found, as it is kept and shown: plain values, the first some hundreds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .tables import Mistake
from .tally import ADDED, CHANGED, SAME, Step, Tally

MOST_TOLD = 300


@dataclass(frozen=True)
class Report:
    """`refusal`: the file as a whole could not be read, and why. Steps are those that do something."""

    refusal: str = ""
    added: int = 0
    changed: int = 0
    same: int = 0
    mistakes: Sequence[Mistake] = ()
    mistakes_there_are: int = 0
    steps: Sequence[Step] = ()
    notes: Sequence[str] = field(default_factory=list)
    # Since the dry run before, somebody changed what it would change.
    overtaken: bool = False

    @property
    def steps_there_are(self) -> int:
        """How many rows would do something."""
        return self.added + self.changed

    @property
    def fits(self) -> bool:
        """Whether it may be applied."""
        return not self.refusal and not self.mistakes_there_are and self.steps_there_are > 0

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def report_of(tally: Tally, *, overtaken: bool = False) -> Report:
    """What a tally found."""
    mistakes = sorted(tally.mistakes, key=lambda one: (one.sheet, one.row))
    done = sorted(tally.steps.values(), key=lambda one: (one.sheet, one.row))
    steps = [step for step in done if step.done != SAME]
    return Report(
        added=tally.count(ADDED), changed=tally.count(CHANGED), same=tally.count(SAME),
        mistakes=mistakes[:MOST_TOLD], mistakes_there_are=len(mistakes), steps=steps[:MOST_TOLD],
        notes=tally.notes, overtaken=overtaken,
    )  # fmt: skip


def read_report(kept: Mapping[str, Any]) -> Report:
    """A report that was kept."""
    return Report(**{
        **kept,
        "mistakes": [Mistake(**one) for one in kept.get("mistakes", ())],
        "steps": [
            Step(**{**one, "changes": [tuple(change) for change in one["changes"]]})
            for one in kept.get("steps", ())
        ],
    })  # fmt: skip
