"""Clusters by the grid are those that one finds by looking at every pair."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gulou.insights.density import NOISE, dbscan, in_metres
from gulou.places.coordinates import distance_m

# Whole metres, so that "exactly at the reach" happens; crowded, so that clusters do.
SPOTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=60)


def by_every_pair(points: np.ndarray, reach: float, least: int) -> list[int]:
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    near = squares <= reach**2
    core = near.sum(axis=1) >= least
    found = [NOISE] * len(points)
    for start in range(len(points)):
        if not core[start] or found[start] != NOISE:
            continue
        found[start], waiting = start, [start]
        while waiting:
            one = waiting.pop()
            for other in np.flatnonzero(near[one] & core).tolist():
                if found[other] == NOISE:
                    found[other] = start
                    waiting.append(other)
    return found


@settings(max_examples=150, deadline=None)
@given(SPOTS, st.integers(1, 15), st.integers(1, 6))
def test_it_is_what_looking_at_every_pair_finds(
    spots: list[tuple[int, int]], reach: int, least: int
) -> None:
    points = np.array(spots, dtype=float).reshape(-1, 2)
    found = dbscan(points, reach=reach, least=least)
    wanted = by_every_pair(points, reach, least)
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    cores = [n for n, label in enumerate(wanted) if label != NOISE]
    # Cores fall into the same groups, whatever the groups are called.
    assert len({(wanted[n], int(found[n])) for n in cores}) == len({wanted[n] for n in cores})
    assert len({int(found[n]) for n in cores}) == len({wanted[n] for n in cores})
    for n in set(range(len(points))) - set(cores):
        beside = [c for c in cores if squares[n, c] <= reach**2]
        if not beside:
            assert found[n] == NOISE
        else:
            nearest = min(squares[n, c] for c in beside)
            assert found[n] in {found[c] for c in beside if squares[n, c] == nearest}


def test_a_crowd_at_one_spot_is_one_cluster_and_quickly_so() -> None:
    rng = np.random.default_rng(1)
    crowd = np.concatenate([rng.normal(0, 1, (50_000, 2)), rng.normal(500, 1, (50_000, 2))])
    begun = time.process_time()
    found = dbscan(crowd, reach=50, least=5)
    assert set(found.tolist()) == {0, 1}
    assert time.process_time() - begun < 10


def test_metres_are_metres() -> None:
    lats, lons = np.array([26.06, 26.10]), np.array([119.28, 119.32])
    (ones, others) = in_metres(lats, lons)
    flat = float(np.hypot(*(ones - others)))
    assert abs(flat / distance_m(26.06, 119.28, 26.10, 119.32) - 1) < 0.005
    assert len(in_metres(np.array([]), np.array([]))) == 0
    assert len(dbscan(np.zeros((0, 2)), reach=5, least=2)) == 0
