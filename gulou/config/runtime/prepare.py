"""Before pages are served: tables, static files, what Gulou ships, and perhaps the made-up district."""

import gc
import hashlib
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils.translation import override

from gulou.calendars.national import load_national
from gulou.cases.roles import define_shipped_roles
from gulou.catalogue.operations import load_shipped
from gulou.catalogue.operations.allow import SYSTEM
from gulou.config.runtime.migrate import migrate, one_at_a_time
from gulou.demo.operations import is_loaded, load_demo
from gulou.demo.stories import CASES
from gulou.kit.progress import told
from gulou.people.models import Unit
from gulou.places.operations import set_standard_levels

_PATIENCE_SECONDS = 60
# A newcomer waits about a minute for these; `gulou demo` tells three times as many.
_AT_FIRST = 450


def prepare() -> int:
    """Everything that must be true before the first page. Quick when nothing has changed."""
    _wait_for_database()
    migrate()
    collect_static()
    if settings.GULOU.demo and not is_loaded():
        demo(_AT_FIRST)
    ship()
    if not Unit.objects.filter(is_office=True).exists():
        print("There is no district office yet: `gulou found` makes it.", flush=True)
    return 0


def ship() -> None:
    """Bring in what is missing of what Gulou ships: categories, holidays, levels of areas, roles."""
    with one_at_a_time(), transaction.atomic(), override("zh-hans"):
        load_shipped(by=SYSTEM)
        load_national()
        set_standard_levels(actor=SYSTEM)
        define_shipped_roles()


def demo(cases: int | None = None) -> int:
    """Load the made-up district, all of it or nothing, with so many cases."""
    if is_loaded():
        print("There are units or areas in this database already; nothing was done.")
        return 1
    print("Making the demonstration district (once).", flush=True)
    # What is there already stays: a collector that looks through it again and again is slow.
    gc.freeze()
    with told() as tell:
        load_demo(progress=tell, cases=CASES if cases is None else cases)
    return 0


def collect_static() -> None:
    """Gather, stamp and compress the files that pages use, unless none has changed."""
    target = Path(settings.STATIC_ROOT)
    stamp = gathered_stamp()
    found = _fingerprint()
    if target.is_dir() and stamp.exists() and stamp.read_text() == found:
        return
    print("Gathering the pages' files.", flush=True)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(found)


def gathered_stamp() -> Path:
    """The file that says which files were gathered; there is none until all of them are."""
    return Path(settings.STATIC_ROOT).with_name("static.stamp")


def _fingerprint() -> str:
    """Names, sizes and times of all static files, and of what says how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _wait_for_database() -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    said = False
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            if not said:
                print("The database does not answer yet; waiting for it.", flush=True)
                said = True
            time.sleep(1)
        else:
            return
