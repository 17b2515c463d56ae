"""What a backup is on disk: one tar file or one folder, with a manifest that proves the rest.

It is written beside its name and renamed when it is whole and has been read back: a backup that
has its name is a good one, and the one before stays until then.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


_NAMES = re.compile(
    r"database\.dump|keys/(secret_key|data_key)|photos/(originals|renditions)/[0-9a-f]{2}/[0-9a-f]{2}/[\w-]+\.\w+"
)
"""What may lie in a backup: nothing that could be written anywhere else."""


class BadArchive(Exception):
    """This is no backup of ours, or not a whole one. The message says why."""


class Digesting:
    """A file that is read once, its SHA-256 and size taken on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def read(self, count: int = -1) -> bytes:
        chunk = self._file.read(count)
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Writer(ABC):
    """Takes the members one after the other; knows the digest of each."""

    def __init__(self, beside: Path) -> None:
        self.beside = beside
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Write `size` bytes under a name. Raises OSError when the disk is full, or BadArchive
        when the file is shorter than it said."""
        told = Digesting(file)
        self._write(name, told, size)
        if told.size != size:
            raise BadArchive(f"{name} changed while it was read")
        self.members[name] = {"size": size, "sha256": told.sha256}

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest with all digests, and wait for the disk."""
        text = json.dumps({**manifest, "format": FORMAT, "members": self.members}, indent=1)
        raw = text.encode()
        self._write(MANIFEST, Digesting(io.BytesIO(raw)), len(raw))
        self._finish()

    @abstractmethod
    def _write(self, name: str, file: Digesting, size: int) -> None: ...

    @abstractmethod
    def _finish(self) -> None: ...


class _TarWriter(Writer):
    def __init__(self, beside: Path) -> None:
        super().__init__(beside)
        self._file = os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)

    def _write(self, name: str, file: Digesting, size: int) -> None:
        head = tarfile.TarInfo(name)
        head.size, head.mode = size, 0o600
        try:
            self._tar.addfile(head, file)
        except OSError as error:
            if error.errno is None:  # tarfile's own "unexpected end of data"
                raise BadArchive(f"{name} changed while it was read") from error
            raise

    def _finish(self) -> None:
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class _FolderWriter(Writer):
    def __init__(self, beside: Path) -> None:
        super().__init__(beside)
        beside.mkdir(mode=0o700)

    def _write(self, name: str, file: Digesting, size: int) -> None:
        path = self.beside / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(file, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())

    def _finish(self) -> None:
        return


@contextmanager
def writing(target: Path, *, folder: bool) -> Iterator[Writer]:
    """A backup in the making: it gets its name when the block ends well, else nothing is left."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    _remove(beside)
    try:
        writer = _FolderWriter(beside) if folder else _TarWriter(beside)
        yield writer
        beside.rename(target)
    except BaseException:
        _remove(beside)
        raise


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class Reader(ABC):
    """A backup that is there. `manifest` is read at once; nothing else is believed before `prove`."""

    def __init__(self) -> None:
        self.manifest = self._manifest()
        self.members: dict[str, dict[str, Any]] = self.manifest["members"]

    def prove(self) -> None:
        """Read everything and compare. Raises BadArchive at the first thing that is not right."""
        there = set(self.names()) - {MANIFEST}
        for name in sorted(set(self.members) - there):
            raise BadArchive(f"{name} is missing")
        for name in sorted(there):
            if name not in self.members or not _NAMES.fullmatch(name):
                raise BadArchive(f"{name} does not belong to it")
        for name, told in self.members.items():
            with self.open(name) as file:
                seen = Digesting(file)
                while seen.read(_CHUNK):
                    pass
            if (seen.size, seen.sha256) != (told["size"], told["sha256"]):
                raise BadArchive(f"{name} was changed or damaged")

    @abstractmethod
    def open(self, name: str) -> IO[bytes]: ...

    @abstractmethod
    def names(self) -> list[str]: ...

    def _manifest(self) -> dict[str, Any]:
        try:
            with self.open(MANIFEST) as file:
                found = json.load(file)
        except (KeyError, FileNotFoundError) as error:
            raise BadArchive("it has no manifest: it was cut off, or is something else") from error
        except ValueError as error:
            raise BadArchive("its manifest cannot be read") from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise BadArchive("it was made by another version of Gulou")
        members = found.get("members")
        if not isinstance(members, dict) or any(
            not isinstance(one, dict) or one.keys() != {"size", "sha256"}
            for one in members.values()
        ):
            raise BadArchive("its manifest does not say what is in it")
        return found


class _TarReader(Reader):
    def __init__(self, path: Path) -> None:
        try:
            self._tar = tarfile.TarFile(path)
            self._heads = {head.name: head for head in self._tar.getmembers()}
        except (tarfile.TarError, EOFError) as error:
            raise BadArchive("it is no archive, or was cut off") from error
        super().__init__()

    def open(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._heads[name])
        if file is None:
            raise BadArchive(f"{name} is no file")
        return file

    def names(self) -> list[str]:
        return list(self._heads)


class _FolderReader(Reader):
    def __init__(self, path: Path) -> None:
        self._root = path
        super().__init__()

    def open(self, name: str) -> IO[bytes]:
        return (self._root / name).open("rb")

    def names(self) -> list[str]:
        return [
            str(path.relative_to(self._root)) for path in self._root.rglob("*") if path.is_file()
        ]


def read(path: Path) -> Reader:
    """Open a backup. Raises BadArchive, or OSError when it is not there."""
    return _FolderReader(path) if path.is_dir() else _TarReader(path)
