"""Checks that need no database: configuration, keys, storage, pages, languages, pictures."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from gulou.config.runtime.doctor.finding import Finding, Verdict
from gulou.config.runtime.prepare import gathered_stamp
from gulou.kit.env import ROOT, Env
from gulou.papers import fonts

_ROOM_BYTES = 2 * 1024**3


def configuration(env: Env) -> Iterator[Finding]:
    thing = _("Configuration")
    yield Finding(
        Verdict.GOOD,
        thing,
        _("It can be read. Python %(python)s, data in %(folder)s.")
        % {"python": sys.version.split()[0], "folder": env.data_dir},
    )
    open_to_others = env.listen not in {"127.0.0.1", "localhost", "::1"}
    if env.debug and open_to_others:
        yield Finding(
            Verdict.WRONG,
            thing,
            _("GULOU_DEBUG shows the inside of the system to everybody who causes an error."),
            _("Set GULOU_DEBUG=0."),
        )
    if open_to_others and not env.behind_tls:
        yield Finding(
            Verdict.LOOK,
            thing,
            _("Pages are open to the network without TLS: passwords travel readable."),
            _("Put a TLS proxy in front and set GULOU_BEHIND_TLS=1."),
        )
    if open_to_others and env.demo:
        yield Finding(
            Verdict.LOOK,
            thing,
            _("The demonstration, with its published passwords, is open to the network."),
            _("Set GULOU_DEMO=0 and start with an empty data folder before the first real use."),
        )
    yield from _keys(env)


def _keys(env: Env) -> Iterator[Finding]:
    folder = env.data_dir / "keys"
    loose = folder.exists() and any(
        path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())
    )
    if loose:
        yield Finding(
            Verdict.WRONG,
            _("Keys"),
            _("Others on this machine can read the keys in %(folder)s.") % {"folder": folder},
            f"chmod -R go= {folder}",
        )


def storage(env: Env) -> Iterator[Finding]:
    thing = _("Storage")
    probe = env.data_dir / f".doctor-{os.getpid()}"
    try:
        env.data_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        yield Finding(
            Verdict.WRONG,
            thing,
            _("%(folder)s cannot be written: %(why)s")
            % {"folder": env.data_dir, "why": error.strerror},
            _("Give the folder to the user that runs Gulou, or make room."),
        )
        return
    free = shutil.disk_usage(env.data_dir).free
    said = _("%(size).1f GB are free.") % {"size": free / 1e9}
    if free < _ROOM_BYTES:
        todo = _("Make room, or move the data folder: photos need about 3 MB each.")
        yield Finding(Verdict.LOOK, thing, said, todo)
    else:
        yield Finding(Verdict.GOOD, thing, said)


def bucket(env: Env) -> Iterator[Finding]:
    """Whether the bucket takes a file, gives it back and lets it go."""
    if not env.storage_url:
        return
    thing, name = _("Bucket"), f"doctor/{os.getpid()}"
    try:
        default_storage.save(name, ContentFile(b"x" * 4096))
        with default_storage.open(name) as file:
            whole = file.read() == b"x" * 4096
        default_storage.delete(name)
    except OSError as error:
        todo = _("Check GULOU_STORAGE_URL, the bucket's rights, and the network between.")
        yield Finding(Verdict.WRONG, thing, str(error), todo)
        return
    said = _("It takes files and gives them back.") if whole else _("It gives back other bytes.")
    yield Finding(Verdict.GOOD if whole else Verdict.WRONG, thing, said)


def pages(env: Env) -> Iterator[Finding]:
    thing = _("Pages")
    built = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    if not built.exists():
        yield Finding(Verdict.WRONG, thing, _("They have not been built."), "make build")
    elif not gathered_stamp().exists():
        yield Finding(
            Verdict.WRONG,
            thing,
            _("Their files have not been gathered."),
            _("`gulou run` does it, or `gulou prepare`."),
        )
    else:
        yield Finding(Verdict.GOOD, thing, _("Built and gathered."))


def catalogues(env: Env) -> Iterator[Finding]:
    thing = _("Languages")
    sources = (ROOT / "gulou" / "locale").glob("*/LC_MESSAGES/*.po")
    stale = [
        source
        for source in sources
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        yield Finding(
            Verdict.WRONG, thing, _("Texts changed after they were compiled."), "make catalogues"
        )
    else:
        yield Finding(Verdict.GOOD, thing, _("Compiled."))


def pictures(env: Env) -> Iterator[Finding]:
    thing = _("Pictures")
    try:
        import pillow_heif  # noqa: PLC0415  whether it can be imported is the question
    except ImportError as error:
        yield Finding(
            Verdict.WRONG,
            thing,
            _("Photos from iPhones (HEIC) cannot be read: %(why)s") % {"why": error},
            "uv sync --locked",
        )
    else:
        yield Finding(Verdict.GOOD, thing, _("HEIC by libheif %s.") % pillow_heif.libheif_version())


def paper_fonts(env: Env) -> Iterator[Finding]:
    """A font that is not there is replaced in silence, and papers look wrong."""
    thing = _("Fonts of papers")
    if gone := fonts.missing():
        said = _("Not found: %(fonts)s.") % {"fonts": ", ".join(gone)}
        yield Finding(Verdict.WRONG, thing, said, "uv sync --locked")
    else:
        yield Finding(Verdict.GOOD, thing, ", ".join((fonts.SANS, fonts.SERIF)))
