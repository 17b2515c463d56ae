"""Where files lie between their dry run and their confirmation."""

import time
from contextlib import suppress
from typing import IO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

_FOLDER = "sheets"


def keep(uid: UUID, content: IO[bytes]) -> str:
    """Write a file; its path."""
    content.seek(0)
    return default_storage.save(f"{_FOLDER}/{uid}", File(content))


def open_file(path: str) -> IO[bytes]:
    """Open one for reading. Raises FileNotFoundError."""
    if not path:
        raise FileNotFoundError
    return default_storage.open(path)


def remove(path: str) -> None:
    """Remove one; harmless if it is gone."""
    if path:
        with suppress(FileNotFoundError):
            default_storage.delete(path)


def remove_all_but(known: set[str], *, older_than_seconds: float) -> None:
    """Remove what a crash left without a row that knows of it. Young files may be on their way."""
    until = time.time() - older_than_seconds
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(_FOLDER)[1]:
            path = f"{_FOLDER}/{name}"
            with suppress(FileNotFoundError):
                if (
                    path not in known
                    and default_storage.get_modified_time(path).timestamp() < until
                ):
                    default_storage.delete(path)
