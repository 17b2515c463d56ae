"""`gulou ready`: whether the web server, or the worker, of this machine can serve. Quick: no Django."""

import http.client
import sys
import time
from pathlib import Path

from gulou.kit.env import Env

PULSE_SECONDS = 60.0
"""A worker that was silent for longer hangs."""


def ready(env: Env, *, worker: bool) -> int:
    """0 when it can; 1 when not, and why."""
    found = _worker(env) if worker else web(env)
    print(found or "ready", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


def web(env: Env) -> str:
    """What is missing for pages to be served; "" for nothing."""
    name = env.hosts[0].lstrip(".") if env.hosts[0] != "*" else "localhost"
    connection = http.client.HTTPConnection(reachable(env).strip("[]"), env.port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        answer = connection.getresponse()
        return "" if answer.status == 200 else answer.read(500).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"not ready: nothing answers ({type(error).__name__})"
    finally:
        connection.close()


def pulse_of(env: Env, pid: int) -> Path:
    """The file that a worker touches while it goes on."""
    return env.data_dir / "run" / f"worker-{pid}"


def _worker(env: Env) -> str:
    pulses = list((env.data_dir / "run").glob("worker-*"))
    ages = [time.time() - one.stat().st_mtime for one in pulses]
    if not ages:
        return "not ready: no worker runs here"
    age = min(ages)
    return "" if age < PULSE_SECONDS else f"not ready: no worker went on for {age:.0f} s"


def reachable(env: Env) -> str:
    """The name by which this machine reaches itself."""
    if env.listen in {"0.0.0.0", "::", ""}:  # noqa: S104  it is only compared
        return "127.0.0.1"
    return f"[{env.listen}]" if ":" in env.listen else env.listen
