"""Files that are there whole or not at all, also when the power fails in the middle."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

_CHUNK = 1024 * 1024


@deconstructible
class WholeFileStorage(FileSystemStorage):
    """Django's storage on a folder: written beside, synced, then renamed into place.

    Names are by content, so writing a name again writes the same bytes. Only the owner may read.
    Where it need not be durable, nothing waits for the disk.
    """

    def __init__(
        self, location: str | None = None, base_url: str | None = None, *, durable: bool = True
    ) -> None:
        self.durable = durable
        super().__init__(
            location,
            base_url,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
            allow_overwrite=True,
        )

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        descriptor, beside = _beside(path)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                for chunk in content.chunks(_CHUNK):
                    _write_all(file, chunk)
                if self.durable:
                    os.fsync(file.fileno())
            Path(beside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise
        if self.durable:
            _sync_folder(path.parent)
        return name


def _beside(path: Path) -> tuple[int, str]:
    """A new file in the folder of a path, which is made where it is not there."""
    try:
        return tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)


def _write_all(file: IO[bytes], chunk: bytes) -> None:
    """The system may take less than it is given, as when the disk fills up."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
