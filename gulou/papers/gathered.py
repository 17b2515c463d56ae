"""Cases as documents show them: problem, place, who is responsible, pictures before and after.

Cases that were passed to another channel (petitions, complaints about officials) are in no
document: documents are handed on.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from gulou.cases.models import Case, CasePhoto, Note, PhotoKind, Step
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.models import Duty
from gulou.photos import queries as photos
from gulou.photos.models import Photo
from gulou.places import queries as places

from .words import plain, shortened

_BATCH = 100
_NOT_AFTER = (PhotoKind.AFTER, PhotoKind.RECHECK, PhotoKind.REFERENCE)
_WORDS = 160


@dataclass(frozen=True)
class Picture:
    """A picture of a case. `released`: a person has decided that everybody may see it."""

    photo: Photo
    released: bool

    def jpeg(self, box: tuple[int, int], *, fill: bool = False, public: bool = False) -> bytes:
        """A small JPEG without metadata, at most `box` pixels; `fill` cuts it to exactly that.

        b"" where no copy of the picture can be had.
        """
        size = "list" if max(box) <= 320 else "page"
        opener = photos.open_public_rendition if public else photos.open_rendition
        with suppress(NotFound, OSError):
            file, _mime = opener(self.photo, size)
            with file, Image.open(io.BytesIO(file.read())) as opened:
                picture = opened.convert("RGB")
                made = ImageOps.fit(picture, box) if fill else _within(picture, box)
                out = io.BytesIO()
                made.save(out, "JPEG", quality=80)
                return out.getvalue()
        return b""


def _within(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    picture.thumbnail(box)
    return picture


@dataclass(frozen=True)
class Item:
    """One case, in the language of the paper. All words are safe for any file."""

    number: str
    category: str
    problem: str
    place: str
    street: str
    unit_id: int
    unit: str
    leader: str
    opened_at: datetime
    due_at: datetime | None
    state: State
    late: bool
    done: str
    ended_at: datetime | None
    before: Picture | None
    after: Picture | None

    @property
    def signed_off(self) -> bool:
        """Whether a recheck found it done."""
        return self.state == State.CLOSED

    @property
    def unit_pending(self) -> bool:
        """Whether nobody has been asked yet to put it right."""
        return self.state in (State.RECEIVED, State.FILED)


def gather(cases: QuerySet[Case]) -> Iterator[Item]:
    """The cases one after the other, a hundred at a time."""
    batch: list[Case] = []
    for case in cases.filter(restricted=False).iterator(chunk_size=_BATCH):
        batch.append(case)
        if len(batch) == _BATCH:
            yield from _items(batch)
            batch = []
    yield from _items(batch)


def _items(cases: Sequence[Case]) -> Iterator[Item]:
    ids = [case.pk for case in cases]
    pictures, limits, done = _pictures(ids), _limits(ids), _done(ids)
    leaders = _leaders({case.unit_id for case in cases})
    units, areas = people.unit_refs(), places.area_refs()
    categories, now = catalogue.category_refs(), clock.now()
    for case in cases:
        category = categories[case.category_id]
        street, community = (
            name_of(areas[pk]) if pk and pk in areas else ""
            for pk in (case.street_id, case.community_id)
        )
        before, after = pictures.get(case.pk, (None, None))
        yield Item(
            number=case.number, category=plain(name_of(category)), problem=_problem(case),
            place=shortened(" ".join(part for part in (street, case.address or community) if part),
                            _WORDS),
            street=street, unit_id=case.unit_id, unit=plain(name_of(units[case.unit_id])),
            leader=leaders.get(case.unit_id, ""), opened_at=case.opened_at,
            due_at=limits.get(case.pk, case.due_at), state=State(case.state),
            late=case.ended_at is None and case.due_at is not None and case.due_at < now,
            done=done.get(case.pk, ""), ended_at=case.ended_at, before=before, after=after,
        )  # fmt: skip


def _problem(case: Case) -> str:
    """The office's words for it: category unless the summary names it, condition unless it is the
    ordinary one, public summary. Never the reporter's."""
    category = name_of(catalogue.category_refs()[case.category_id])
    said = [] if category in case.summary else [category]
    if case.condition_id:
        with suppress(Invalid):
            found = catalogue.condition_ref(case.condition_id, category_id=case.category_id)
            said += [] if found.is_default else [name_of(found)]
    said.append(case.summary)
    return shortened(_(": ").join(dict.fromkeys(part for part in said if part)), 2 * _WORDS)


def _pictures(ids: Sequence[int]) -> dict[int, tuple[Picture | None, Picture | None]]:
    """The first picture taken before and the newest taken after, by case."""
    found: dict[int, tuple[Picture | None, Picture | None]] = {}
    rows = CasePhoto.objects.filter(Q(case__in=ids) | Q(case__merged_into__in=ids))
    for row in rows.select_related("photo", "case"):
        pk = row.case_id if row.case_id in ids else row.case.merged_into_id
        if pk is None:
            continue
        before, after = found.get(pk, (None, None))
        picture = Picture(row.photo, row.released_at is not None)
        if row.kind == PhotoKind.AFTER:
            after = picture
        elif row.kind not in _NOT_AFTER:
            before = before or picture
        found[pk] = (before, after)
    return found


def _limits(ids: Sequence[int]) -> dict[int, datetime]:
    """When handling was or is due, by case."""
    steps = Step.objects.filter(case__in=ids, kind=StepKind.HANDLE, due_at__isnull=False)
    return {pk: due for pk, due in steps.values_list("case_id", "due_at") if due is not None}


def _done(ids: Sequence[int]) -> dict[int, str]:
    """What the unit last said it did, by case; nothing of what was erased."""
    notes = Note.objects.filter(case__in=ids, move="handle", words__erased_at=None)
    return {pk: shortened(text, _WORDS) for pk, text in notes.values_list("case_id", "words__text")}


def _leaders(unit_ids: set[int]) -> dict[int, str]:
    """Who answers for each unit: the deputy in charge, else the head, else the liaison."""
    wanted = (Duty.DEPUTY, Duty.HEAD, Duty.LIAISON)
    found: dict[int, str] = {}
    for unit_id, group in people.leading_groups(unit_ids).items():
        ranked = sorted(group, key=lambda one: wanted.index(Duty(one.duty)))
        if ranked:
            found[unit_id] = plain(ranked[0].name)
    return found
