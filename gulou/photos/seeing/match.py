"""Do two pictures show the same place from the same point? And is one the other, changed?

SIFT features of both are matched and a homography is sought that explains as many matches as
possible (MAGSAC++). Pictures are height x width in grey.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gulou.photos.seeing.told import Match

Grey = NDArray[np.uint8]

_LONGEST = 800
_FEATURES = 1500
_RATIO = 0.8
_REPROJECTION = 4.0
_LEAST = 8
_BLOCK = 24
# A block without detail says nothing.
_DETAIL = 6.0
_IDENTICAL = 0.97


def compare(before: Grey, after: Grey) -> Match:
    """Match the later picture against the earlier one."""
    longest = min(_LONGEST, max(before.shape), max(after.shape))
    one, other = _fitted(before, longest), _fitted(after, longest)
    sift = cv2.SIFT.create(nfeatures=_FEATURES)
    points, marks = _features(sift, one)
    others, other_marks = _features(sift, other)
    if min(len(points), len(others)) < _LEAST:
        return Match(0, 0, _identical_at_once(one, other))
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(other_marks, marks, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    if len(good) < _LEAST:
        return Match(0, len(good), _identical_at_once(one, other))
    source = np.array([others[m.queryIdx].pt for m in good], np.float32)
    target = np.array([points[m.trainIdx].pt for m in good], np.float32)
    fit: tuple[Any, Any] = cv2.findHomography(source, target, cv2.USAC_MAGSAC, _REPROJECTION)
    found, mask = fit
    if found is None:
        return Match(0, len(good), 0.0)
    inliers = int(mask.sum())
    return Match(inliers, len(good), _identical(one, other, found) if inliers >= _LEAST else 0.0)


def _features(sift: Any, picture: Grey) -> tuple[Any, Any]:
    """Points and their marks; both empty where there are none."""
    points, marks = sift.detectAndCompute(picture, None)
    return (points, marks) if marks is not None else ((), ())


def _fitted(picture: Grey, longest: int) -> Grey:
    scale = min(1.0, longest / max(picture.shape))
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _identical_at_once(one: Grey, other: Grey) -> float:
    """For pictures with hardly a feature: laid on each other as they are."""
    return _share(one, np.asarray(cv2.resize(other, one.shape[::-1]), np.uint8), np.ones_like(one))


def _identical(one: Grey, other: Grey, homography: NDArray[np.float64]) -> float:
    size = (one.shape[1], one.shape[0])
    laid = np.asarray(cv2.warpPerspective(other, homography, size), np.uint8)
    shown = cv2.warpPerspective(np.ones_like(other), homography, size)
    return _share(one, laid, np.asarray(shown, np.uint8))


def _share(one: Grey, laid: Grey, shown: Grey) -> float:
    """The share of blocks with detail, of those that both show, whose grain agrees."""
    fine, other = (
        np.asarray(p, np.float32) - cv2.GaussianBlur(np.asarray(p, np.float32), (0, 0), 6)
        for p in (one, laid)
    )
    same = blocks = 0
    for y in range(0, one.shape[0] - _BLOCK + 1, _BLOCK):
        for x in range(0, one.shape[1] - _BLOCK + 1, _BLOCK):
            here = (slice(y, y + _BLOCK), slice(x, x + _BLOCK))
            if not shown[here].all() or fine[here].std() < _DETAIL:
                continue
            blocks += 1
            same += _correlation(fine[here], other[here]) >= _IDENTICAL
    return same / blocks if blocks else 0.0


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    a, b = one - one.mean(), other - other.mean()
    weight = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / weight if weight else 0.0
