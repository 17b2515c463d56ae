"""Driving the server with autocannon, which takes little of the processors while it asks."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from gulou.kit.env import ROOT

from .meter import Bounds, Came, Costs, Row

_FOLDER = ROOT / "frontend"
_LANGUAGE = {"Accept-Language": "zh-CN"}


@dataclass(frozen=True)
class Shots:
    """One kind of request in many variants. `says` must be in every answer; `once` sends each
    variant one time only, for what changes something."""

    name: str
    requests: Sequence[dict[str, Any]]
    says: str = ""
    once: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Missing(Exception):
    """There is no autocannon on this machine."""


def check() -> None:
    """Raise Missing where it cannot be driven."""
    if shutil.which("node") is None or not (_FOLDER / "node_modules" / "autocannon").is_dir():
        raise Missing("Install the pages' tools first: cd frontend && npm ci")


def fire(shots: Shots, home: str, costs: Costs, bounds: Bounds) -> Row:
    """Send some that do not count, then all of them, and say what they cost."""
    many = [{**one, "headers": {**_LANGUAGE, **shots.headers, **one.get("headers", {})}}
            for one in shots.requests]  # fmt: skip
    warm = min(bounds.warm, len(many) // 4) if shots.once else 0
    first = many[:warm] if shots.once else list(islice(cycle(many), bounds.warm))
    rest = many[warm : warm + bounds.requests if shots.once else None]
    rest = rest[: max(len(rest) // bounds.connections, 1) * bounds.connections]
    _ask(home, first, shots.says, min(bounds.connections, len(first)), seconds=1, once=True)
    costs.begin()
    came = _ask(home, rest, shots.says, bounds.connections, seconds=bounds.seconds, once=shots.once)
    return costs.row_of(shots.name, came)


def _ask(
    home: str,
    requests: Sequence[dict[str, Any]],
    says: str,
    connections: int,
    *,
    seconds: float,
    once: bool,
) -> Came:
    asked = {"url": home, "connections": connections, "seconds": seconds, "once": once,
             "says": says, "requests": requests}  # fmt: skip
    done = subprocess.run(  # noqa: S603  our own script
        [shutil.which("node") or "node", "tools/ask.mjs"], cwd=_FOLDER, check=True,
        input=json.dumps(asked).encode(), stdout=subprocess.PIPE,
    )  # fmt: skip
    return Came(**json.loads(done.stdout))
