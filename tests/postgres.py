"""A PostgreSQL for this test run, where DATABASE_URL names none. Loaded by `-p tests.postgres`.

It is the embedded server, in a folder of its own that goes with the run, and without waiting for
the disk. The workers of pytest-xdist find its address in their environment.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from gulou.config import embedded

_SERVER = pytest.StashKey[tuple[embedded.Server, Path]]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before pytest-django reads the settings."""
    if os.environ.get("DATABASE_URL"):
        return
    folder = Path(tempfile.mkdtemp(prefix="gulou-tests-"))
    server = embedded.Server(embedded.place(folder), durable=False)
    server.start()
    os.environ["DATABASE_URL"] = server.place.url
    early_config.stash[_SERVER] = (server, folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER in config.stash:
        server, folder = config.stash[_SERVER]
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ["DATABASE_URL"]
