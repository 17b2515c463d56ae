"""The shortest way past several places, over straight distances, by OR-Tools.

It runs as a program of its own, so that the library's memory is not that of a web process:
`python -m gulou.places.rounds` reads [[lat, lon], …] (the first is where one stands) and writes the
order of the others as their places in the list.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise

from gulou.kit.env import ROOT
from gulou.places.coordinates import distance_m

Place = tuple[float, float]
MOST = 60
_SECONDS, _PATIENCE_SECONDS = 1, 10


def shortest_round(start: Place, places: Sequence[Place]) -> tuple[list[int], float]:
    """The places by their index in the order of the shortest way from the start, which ends at the
    last of them; and its metres. Raises OSError where the program gives no answer."""
    order = _asked([start, *places]) if len(places) > 1 else list(range(len(places)))
    way = [start, *(places[one] for one in order)]
    return order, sum(distance_m(*a, *b) for a, b in pairwise(way))


def _asked(places: list[Place]) -> list[int]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "gulou.places.rounds"], input=json.dumps(places).encode(),
            capture_output=True, timeout=_PATIENCE_SECONDS, check=True, cwd=ROOT,
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        raise OSError("no way was found") from error
    order: list[int] = json.loads(done.stdout)
    return order


def _solved(places: Sequence[Place]) -> list[int]:
    """An end of its own that is as near to every place as it can be makes the way open."""
    # Only here: whoever imports this file to ask the program must not carry the library.
    from ortools.constraint_solver import (  # type: ignore[import-untyped]  # noqa: PLC0415
        pywrapcp,
        routing_enums_pb2,
    )

    end = len(places)
    metres = [[round(distance_m(*a, *b)) for b in places] + [0] for a in places]
    manager = pywrapcp.RoutingIndexManager(end + 1, 1, [0], [end])
    routing = pywrapcp.RoutingModel(manager)

    def far(a: int, b: int) -> int:
        node, other = manager.IndexToNode(a), manager.IndexToNode(b)
        return 0 if node == end else metres[node][other]

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(far))
    wanted = pywrapcp.DefaultRoutingSearchParameters()
    wanted.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    wanted.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    wanted.time_limit.seconds = _SECONDS
    found = routing.SolveWithParameters(wanted)
    at, order = routing.Start(0), []
    while not routing.IsEnd(at):
        order.append(manager.IndexToNode(at) - 1)
        at = found.Value(routing.NextVar(at))
    return order[1:]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_solved(json.load(sys.stdin))))
