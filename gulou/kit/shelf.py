"""Files that rows name by their path: one folder of the storage, and what a crash leaves in it."""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage


@dataclass(frozen=True)
class Shelf:
    """A folder of the storage. Each file in it is there whole or not at all."""

    folder: str

    def keep(self, name: str, content: IO[bytes]) -> str:
        """Write a file, over one that an earlier try left; its path."""
        path = f"{self.folder}/{name}"
        default_storage.delete(path)
        content.seek(0)
        return default_storage.save(path, File(content))

    def open_file(self, path: str) -> IO[bytes]:
        """Open one for reading. Raises FileNotFoundError."""
        if not path:
            raise FileNotFoundError
        return default_storage.open(path)

    def remove(self, path: str) -> None:
        """Remove one; harmless if it is gone."""
        if path:
            with suppress(FileNotFoundError):
                default_storage.delete(path)

    def listed(self) -> Iterator[str]:
        """The path of every file that lies there."""
        with suppress(FileNotFoundError):
            for name in default_storage.listdir(self.folder)[1]:
                yield f"{self.folder}/{name}"

    def remove_all_but(self, known: Collection[str], *, older_than_seconds: float) -> None:
        """Remove what no row knows of. Young files may be on their way."""
        until = time.time() - older_than_seconds
        for path in self.listed():
            with suppress(FileNotFoundError):
                if (
                    path not in known
                    and default_storage.get_modified_time(path).timestamp() < until
                ):
                    default_storage.delete(path)
