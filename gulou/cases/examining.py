"""Looking at pictures of handled work: against those from before, and against all others.

What comes of it are hints with what they rest on. The thresholds are measured; see docs/evidence.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gulou.kit import clock
from gulou.photos import likeness
from gulou.photos import queries as photos
from gulou.photos.models import Photo
from gulou.photos.seeing import client
from gulou.photos.seeing.client import Match
from gulou.places.coordinates import distance_m

from .family import family_of
from .models import Case, CasePhoto, Finding, FindingKind, PhotoKind

# So many features that one viewpoint explains are no chance; so few are.
SAME_VIEW = 30
SAME_VIEW_SHARE = 0.4
OTHER_VIEW = 12
# The share of what two pictures show that is the same to the grain.
SAME_GRAIN = 0.25
# Hashes of a picture and of the same one saved again differ in fewer bits than this.
SAME_HASH = 2
# Metres between two places beyond what both may err.
FAR_M = 50.0
_ERROR_M = 30.0
COPIED = 6
MOST_BEFORE = 4
_MOST_ALIKE = 5
_NOT_BEFORE = (PhotoKind.AFTER, PhotoKind.RECHECK, PhotoKind.REFERENCE)


@dataclass(frozen=True)
class Compared:
    """A picture from before, how well the new one fits it, and how many bits their hashes differ."""

    evidence: CasePhoto
    match: Match
    bits: int


def examine(evidence: CasePhoto) -> None:
    """Find what there is to say of one picture of handled work. Twice gives the same."""
    found = [*_of_pair(evidence, before_photos(evidence)), *_of_all(evidence), *_alone(evidence)]
    Finding.objects.filter(evidence=evidence).delete()
    Finding.objects.bulk_create(found)


def _finding(
    evidence: CasePhoto, kind: FindingKind, against: CasePhoto | None = None, **measured: Any
) -> Finding:
    return Finding(
        case=evidence.case, evidence=evidence, against=against, kind=kind, measured=measured,
        at=clock.now(),
    )  # fmt: skip


def _of_pair(evidence: CasePhoto, before: Sequence[CasePhoto]) -> Iterator[Finding]:
    """The picture against those from before: the best fit of them counts."""
    if not before:
        return
    compared = [_compared(evidence.photo, one) for one in before]
    best = max(compared, key=lambda one: (one.match.identical, one.match.inliers))
    same = best.match.identical >= SAME_GRAIN or best.bits <= SAME_HASH
    fits = {"inliers": best.match.inliers, "matches": best.match.matches}
    if same:
        yield _finding(
            evidence, FindingKind.SAME_PICTURE, best.evidence,
            identical=round(best.match.identical, 2), bits=best.bits, **fits,
        )  # fmt: skip
    elif _same_view(best.match):
        yield _finding(evidence, FindingKind.SAME_VIEW, best.evidence, **fits)
    elif best.match.inliers < OTHER_VIEW:
        yield _finding(evidence, FindingKind.OTHER_VIEW, best.evidence, **fits)
    yield from _place_and_time(evidence, before)


def _same_view(match: Match) -> bool:
    return match.inliers >= SAME_VIEW and match.inliers >= SAME_VIEW_SHARE * match.matches


def _compared(photo: Photo, other: CasePhoto) -> Compared:
    match = client.compare(photos.copy_of(other.photo), photos.copy_of(photo))
    return Compared(other, match, _bits_apart(photo, other.photo))


def _bits_apart(one: Photo, other: Photo) -> int:
    if not one.perceptual_hash or not other.perceptual_hash:
        return 64
    return (int(one.perceptual_hash, 16) ^ int(other.perceptual_hash, 16)).bit_count()


def _place_and_time(evidence: CasePhoto, before: Sequence[CasePhoto]) -> Iterator[Finding]:
    photo = evidence.photo
    away = sorted(((m, one) for one in before if (m := _apart_m(photo, one)) is not None), key=lambda pair: pair[0])  # fmt: skip
    if away and away[0][0] > 0:
        yield _finding(evidence, FindingKind.FAR, away[0][1], metres=round(away[0][0] + FAR_M))
    timed = [(at, one) for one in before if (at := _when(one.photo)) is not None]
    seen, first = min(timed, key=lambda pair: pair[0], default=(evidence.case.opened_at, None))
    taken = _when(photo)
    if taken is not None and taken < seen:
        minutes = round((seen - taken).total_seconds() / 60)
        yield _finding(evidence, FindingKind.EARLIER, first, minutes=minutes)


def _apart_m(photo: Photo, other: CasePhoto) -> float | None:
    """Metres by which two places are further apart than they may be; None where one is unknown."""
    here, there = _where(photo), _where(other.photo)
    if here is None or there is None:
        return None
    metres = distance_m(here[0], here[1], there[0], there[1])
    return max(0.0, metres - here[2] - there[2] - FAR_M)


def _when(photo: Photo) -> datetime | None:
    """When it was taken: as our camera view said, or else its EXIF."""
    return datetime.fromisoformat(photo.capture["taken"]) if photo.capture else photo.taken_at


def _where(photo: Photo) -> tuple[float, float, float] | None:
    """Where it was taken and by how many metres that may err, likewise."""
    said = photo.capture or {
        "lat": photo.taken_lat, "lon": photo.taken_lon, "accuracy": photo.taken_accuracy_m
    }  # fmt: skip
    if said["lat"] is None or said["lon"] is None:
        return None
    return said["lat"], said["lon"], _ERROR_M if said["accuracy"] is None else said["accuracy"]


def _of_all(evidence: CasePhoto) -> Iterator[Finding]:
    """The picture against all others of the district."""
    photo, family = evidence.photo, set(family_of(evidence.case))
    twins = (
        Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk).values_list("pk", flat=True)
    )
    alike = dict.fromkeys(twins[:_MOST_ALIKE], 0) | dict(likeness.alike(photo.perceptual_hash))
    others = (
        CasePhoto.objects.filter(photo__in=alike)
        .exclude(photo=photo)
        .exclude(case__in=family)
        .filter(added_at__lte=evidence.added_at)
        .select_related("photo", "case")
        .order_by("pk")
    )
    for other in sorted(others, key=lambda one: alike[one.photo_id])[:_MOST_ALIKE]:
        one = _compared(photo, other)
        if other.photo.sha256 == photo.sha256 or one.match.identical >= SAME_GRAIN:
            yield _finding(
                evidence, FindingKind.SEEN_BEFORE, other, bits=one.bits, number=other.case.number,
                identical=round(one.match.identical, 2),
            )  # fmt: skip
            return


def _alone(evidence: CasePhoto) -> Iterator[Finding]:
    """What the picture's own file tells."""
    photo = evidence.photo
    traces = client.traces(photos.original_of(photo), photos.copy_of(photo))
    if traces.editor:
        yield _finding(evidence, FindingKind.EDITED, editor=traces.editor)
    if traces.copied >= COPIED:
        yield _finding(evidence, FindingKind.COPIED, places=traces.copied)
    if photo.capture is not None:
        yield _finding(evidence, FindingKind.CAMERA, n=photo.capture["n"])
        if not photo.capture["whole"]:
            yield _finding(evidence, FindingKind.GAP, n=photo.capture["n"])
    elif photo.taken_at is None and photo.taken_lat is None:
        yield _finding(evidence, FindingKind.NO_PLACE)


def after_photos(case: Case, uids: Sequence[str]) -> list[CasePhoto]:
    """These pictures of handled work on a case."""
    found = CasePhoto.objects.filter(case=case, photo__uid__in=uids, kind=PhotoKind.AFTER)
    return list(found.select_related("photo", "case"))


def before_photos(evidence: CasePhoto) -> list[CasePhoto]:
    """The pictures from before that one of handled work is compared with."""
    found = CasePhoto.objects.filter(case__in=family_of(evidence.case))
    before = found.exclude(kind__in=_NOT_BEFORE).exclude(photo=evidence.photo_id)
    return list(before.select_related("photo")[:MOST_BEFORE])
