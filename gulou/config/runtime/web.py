"""The web processes: granian serves the pages with threads; whitenoise the files before them."""

import multiprocessing
import os
import sys
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from gulou.config.runtime import leash, memory
from gulou.config.watch import FOLDER
from gulou.kit.env import Env


def serve(env: Env) -> int:
    """Serve until told to stop; requests in flight are answered first."""
    memory.spare()
    leash.hold()
    with TemporaryDirectory(prefix="gulou-figures-") as folder:
        # Before the processes are born: they sum up there what they count.
        os.environ[FOLDER] = folder
        if sys.platform.startswith("linux"):
            # Elsewhere, what threads and libraries hold does not live through a fork.
            multiprocessing.set_start_method("fork", force=True)
            memory.load_pages()
            import_module("gulou.photos.decoding.client").warm()
        _serve(env)
    return 0


def _serve(env: Env) -> None:
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


def _load() -> Any:
    """Runs in each process that granian makes: it must not outlive the supervisor either."""
    leash.hold()
    from gulou.config.wsgi import application  # noqa: PLC0415  Django is set up here if not before

    return application
