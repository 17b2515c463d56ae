"""Two cases side by side, before one is merged into the other or split off from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gulou.cases import queries
from gulou.cases.queries import Row
from gulou.cases.states import State
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.places.coordinates import distance_m

from .forms import MergeForm

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.cases.queries import PhotoSeen
    from gulou.desk.forms import MoveForm
    from gulou.people.models import User

FAR_M = 500


@dataclass(frozen=True)
class Side:
    """One of the two: its row, its pictures, and what was first said of it."""

    row: Row
    photos: "list[PhotoSeen]"
    words: str


@dataclass(frozen=True)
class Pair:
    """`here` is merged into `other`, or split off from it. Distances are in metres."""

    here: Side
    other: Row
    there: Side
    metres: int
    far: bool
    other_kind: bool
    office: str

    @property
    def reports_after(self) -> int:
        """How many reports the other case has once they are merged."""
        return self.here.row.reports_count + self.there.row.reports_count

    @property
    def reports_left(self) -> int:
        """How many reports the other case has once this one is split off."""
        return self.there.row.reports_count - self.here.row.reports_count


def to_confirm(form: "MoveForm") -> Pair | None:
    """Both cases of a merge that nobody has compared yet. What is refused anyway is not shown."""
    if not isinstance(form, MergeForm) or form.target is None:
        return None
    case, other = form.case, form.target
    if not _may_merge(case, other) or form.cleaned_data["compared"] == other.number:
        return None
    return _pair(case, other, form.reader)


def asked_for(form: "MoveForm") -> Pair | None:
    """Both cases of a merge where the address names the other one; the form then begins with it."""
    if not isinstance(form, MergeForm) or not form.now("into"):
        return None
    other = queries.cases_seen_by(form.reader).filter(number=form.now("into")).first()
    if other is None or not _may_merge(form.case, other):
        return None
    form.choose(other.number)
    form.initial["compared"] = other.number
    return _pair(form.case, other, form.reader)


def _may_merge(case: "Case", other: "Case") -> bool:
    ended = other.ended_at is not None
    return other.pk != case.pk and not ended and other.restricted == case.restricted


def before_split(case: "Case", reader: "User") -> Pair | None:
    """A merged case beside the one that answers for it, where the reader sees that one."""
    if case.state != State.MERGED or case.merged_into_id is None:
        return None
    other = queries.cases_seen_by(reader).filter(pk=case.merged_into_id).first()
    return _pair(case, other, reader) if other else None


def _pair(case: "Case", other: "Case", reader: "User") -> Pair:
    metres = round(distance_m(case.lat, case.lon, other.lat, other.lon))
    here, there = _side(case, reader), _side(other, reader)
    return Pair(
        here, there.row, there, metres, metres > FAR_M, case.category_id != other.category_id,
        name_of(people.office()),
    )  # fmt: skip


def _side(case: "Case", reader: "User") -> Side:
    (row,) = queries.rows_of(queries.cases_seen_by(reader).filter(pk=case.pk))
    shown = queries.record_of(case, reader=reader)
    own = [report for report in shown.reports if report.words and not report.erased]
    return Side(row, shown.photos, own[0].words if own else "")
