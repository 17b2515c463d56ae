"""Where the files of errands lie in the storage. Each is there whole or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

_FOLDER = "errands"


def keep(uid: UUID, part: str, content: IO[bytes]) -> str:
    """Write a file of an errand, over one that an earlier try left; its path."""
    path = f"{_FOLDER}/{uid}-{part}"
    default_storage.delete(path)
    content.seek(0)
    return default_storage.save(path, File(content))


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


def listed() -> Iterator[str]:
    """The path of every file that lies there."""
    try:
        names = default_storage.listdir(_FOLDER)[1]
    except FileNotFoundError:
        return
    for name in names:
        yield f"{_FOLDER}/{name}"


def written_at(path: str) -> float:
    """When it was last written, in seconds since 1970; 0 if it is gone."""
    try:
        return default_storage.get_modified_time(path).timestamp()
    except FileNotFoundError:
        return 0.0
