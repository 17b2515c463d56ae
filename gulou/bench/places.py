"""How many points a second of processor time are located, over areas that are made up in memory.

`uv run --no-sync python -m gulou.bench.places` prints the rates; no database is asked.
"""

import time
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gulou.places.coordinates import Floats
from gulou.places.index import AreaIndex, AreaRef, LevelRows

_BOX = (119.2, 26.0, 119.4, 26.2)


def made_up_areas(count: int, *, corners: int = 60, seed: int = 1) -> list[BaseGeometry]:
    """So many polygons that tile a square of some 20 km, each with about so many crooked corners."""
    chance = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(chance.uniform(_BOX[:2], _BOX[2:], (count, 2)))
    frame = shapely.box(*_BOX)
    parts = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame))
    patches = shapely.intersection(parts, frame)
    # A wave bends every straight side; shared sides are bent alike.
    length = float(np.mean(shapely.length(patches))) / corners
    dense = shapely.segmentize(patches, length)

    def bent(points: Floats) -> Floats:
        turns = points * (2 * np.pi / (8 * length))
        return points + 0.4 * length * np.sin(turns[:, ::-1])

    return list(shapely.make_valid(shapely.transform(dense, bent)))


def index_of(count: int) -> AreaIndex:
    """An index of one district, fifty streets and so many communities."""
    ranks = {"district": 0, "street": 1, "community": 2}
    refs: dict[int, AreaRef] = {1: AreaRef(1, "1", "district", "区", "", None)}
    levels = [LevelRows("district", 0, False, [1], ["1"], [shapely.box(*_BOX)])]
    streets = np.linspace(_BOX[0], _BOX[2], 51)
    rows = LevelRows("street", 1, False, [], [], [])
    for n, (west, east) in enumerate(pairwise(streets)):
        refs[10 + n] = AreaRef(10 + n, f"1{n:02}", "street", f"街{n}", "", 1)
        rows.ids.append(10 + n)
        rows.codes.append(f"1{n:02}")
        rows.borders.append(shapely.box(west, _BOX[1], east, _BOX[3]))
    levels.append(rows)
    rows = LevelRows("community", 2, False, [], [], [])
    for n, border in enumerate(made_up_areas(count)):
        street = 10 + min(int(np.searchsorted(streets, border.centroid.x)) - 1, 49)
        refs[100 + n] = AreaRef(100 + n, f"{n:05}", "community", f"社区{n}", "", street)
        rows.ids.append(100 + n)
        rows.codes.append(f"{n:05}")
        rows.borders.append(border)
    levels.append(rows)
    return AreaIndex(refs, ranks, levels)


def run(count: int = 5000, lookups: int = 100_000) -> None:
    """Print lookups a second, one by one (first and again) and in bulk."""
    began = time.process_time()
    index = index_of(count)
    corners = int(np.mean([len(shapely.get_coordinates(b)) for b in made_up_areas(200)]))
    print(
        f"{count} polygons, about {corners} corners each: made in {time.process_time() - began:.1f} s"
    )
    points = np.random.default_rng(2).uniform(_BOX[:2], _BOX[2:], (lookups, 2))
    pairs = [(float(lat), float(lon)) for lon, lat in points]
    for label in ("one by one, cold", "one by one, warm"):
        began = time.process_time()
        for lat, lon in pairs:
            index.where(lat, lon, 10)
        _say(label, lookups, time.process_time() - began)
    level = index.levels["community"]
    began = time.process_time()
    for lat, lon in pairs:
        level.at(lat, lon)
    _say("one by one, area only", lookups, time.process_time() - began)
    for name in ("community", "district"):
        began = time.process_time()
        index.ids_at(points, name)
        _say(f"in bulk, {name}", lookups, time.process_time() - began)


def _say(label: str, lookups: int, seconds: float) -> None:
    print(f"{label:24} {lookups / seconds:>12,.0f} / s")


if __name__ == "__main__":
    run()
