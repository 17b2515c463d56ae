"""The figures that everybody may quote: which there are, and when a number is too small to show.

Pure: no database. Computed by `operations.compute_figures`, read by `queries.figures_of`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5
"""A number between nought and this is not shown where it stands for a place or a kind."""

MANY = 50
"""From so many ratings on, one more moves their mean by less than a tenth."""

COUNTS = ("received", "filed", "closed", "reopened", "ratings")


@dataclass(frozen=True)
class Line:
    """What happened in one month, in one street, or about one kind of problem.

    None: not shown, because it is small (then it is named in `few`), says something about few, or
    would give a small one away. `hours` is the median from the first report to the close; `on_time`
    and `stars` are a share and a mean of 1 to 5.
    """

    received: int | None = 0
    filed: int | None = 0
    closed: int | None = 0
    reopened: int | None = 0
    ratings: int | None = 0
    on_time: float | None = None
    hours: float | None = None
    stars: float | None = None
    few: tuple[str, ...] = ()


def line_of(raw: Mapping[str, float]) -> Line:
    """A line with every count. What a few people thought is theirs: no mean over so few ratings."""
    handled, closed, ratings = (raw.get(name, 0) for name in ("handled", "closed", "ratings"))
    return Line(
        received=int(raw.get("received", 0)), filed=int(raw.get("filed", 0)), closed=int(closed),
        reopened=int(raw.get("reopened", 0)), ratings=int(ratings // FEWEST * FEWEST),
        on_time=raw["on_time"] / handled if handled else None,
        hours=raw["median"] / 3600 if closed else None,
        stars=_coarse(raw["stars"] / ratings, ratings) if ratings >= FEWEST else None,
    )  # fmt: skip


def _coarse(mean: float, ratings: float) -> float:
    """The mean to half a star, to a tenth from fifty ratings on.

    Figures are kept day by day: an exact mean of yesterday and one of today would tell the rating
    that one person gave between them. So is their number rounded down.
    """
    return round(mean * 2) / 2 if ratings < MANY else round(mean, 1)


def veiled(lines: Mapping[str, Line], handled: Mapping[str, float]) -> dict[str, Line]:
    """The same lines without the numbers that could point at somebody.

    A count from 1 to 4 is not shown, nor what is computed over so few. Where only one number of a
    column would be missing, the next smallest goes too: else the total would give it away.
    """
    hidden = {name: _hidden(lines, name) for name in COUNTS}
    shown = {}
    for key, line in lines.items():
        counts = {n: None if key in hidden[n] else getattr(line, n) for n in COUNTS}
        few = {n: (getattr(line, n) or 0) < FEWEST for n in COUNTS}
        shown[key] = Line(
            **counts,
            on_time=None if handled.get(key, 0) < FEWEST or few["closed"] else line.on_time,
            hours=None if few["closed"] else line.hours,
            stars=None if few["ratings"] else line.stars,
            few=tuple(name for name in COUNTS if few[name] and counts[name] is None),
        )
    return shown


def _hidden(lines: Mapping[str, Line], name: str) -> set[str]:
    counts = {key: getattr(line, name) or 0 for key, line in lines.items()}
    small = {key for key, n in counts.items() if 0 < n < FEWEST}
    rest = sorted((n, key) for key, n in counts.items() if n >= FEWEST)
    return small | {rest[0][1]} if len(small) == 1 and rest else small
