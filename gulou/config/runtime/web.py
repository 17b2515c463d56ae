"""The web process: granian serves the pages with threads; whitenoise the files before them."""

from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from gulou.config.runtime import leash
from gulou.kit.env import Env


def serve(env: Env) -> int:
    """Serve until told to stop; requests in flight are answered first."""
    leash.hold()
    Server(
        "gulou.config.wsgi:application",
        address=env.listen,
        port=env.port,
        interface=Interfaces.WSGI,
        workers=env.web_processes,
        blocking_threads=env.web_threads,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.warning,
    ).serve(target_loader=_load, wrap_loader=False)
    return 0


def _load() -> Any:
    """Runs in each process that granian makes: it must not outlive the supervisor either."""
    leash.hold()
    from gulou.config.wsgi import application  # noqa: PLC0415  each process sets up its own Django

    return application
