"""Files that are there whole or not at all, also when the power fails in the middle."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


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
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
