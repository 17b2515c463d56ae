"""The subcommands of `gulou import …`: one function each, added to the parser here.

Who may use the command line of the server may import; the record names "system" as the actor.
"""

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO, TypeAlias

from django.utils.translation import gettext as _
from rich.progress import Progress

from gulou.catalogue.files import read_edition
from gulou.catalogue.operations import load_code_set
from gulou.kit.errors import Invalid, Refusal
from gulou.places.operations import (
    TOLERANCE_M2,
    AreaSource,
    Summary,
    import_areas,
    set_level,
    set_standard_levels,
)
from gulou.sheets.registers import REGISTERS, Register
from gulou.sheets.registers.places import take_places
from gulou.sheets.tally import ADDED, CHANGED, SAME, Tally

from . import places
from .area_names import import_area_names
from .past.mapping import read_mapping
from .past.summary import sentences
from .past.taking import import_cases
from .registers import first_line, import_register, read_file

# A command gets the parsed words and answers with an exit code. Django is set up by then.
Command = Callable[[Namespace], int]
Subparsers: TypeAlias = "_SubParsersAction[ArgumentParser]"

ACTOR = "system"


def add_parsers(subparsers: Subparsers) -> None:
    """Add one parser per kind of import; each does `set_defaults(import_command=function)`."""
    _add_areas(subparsers)
    names = _add(
        subparsers, "area-names", _area_names, "Names and codes of areas from XLSX or CSV."
    )
    names.add_argument(
        "file", type=Path, nargs="?", default=places.GULOU_AREAS, help="default: Gulou's own"
    )
    named = _add(subparsers, "places", _places, "Named places for address search from XLSX or CSV.")
    named.add_argument("file", type=Path)
    named.add_argument("--system", default="wgs84", help="wgs84, gcj02, bd09, cgcs2000, epsg:…")
    _add_level(subparsers)
    editions = _add(subparsers, "catalogue", _catalogue, "An edition of the categories, a folder.")
    editions.add_argument("folder", type=Path)
    editions.add_argument(
        "--current", action="store_true", help="file cases under it from now on; else a page does"
    )
    _add_cases(subparsers)
    for name in ("units", "postings", "categories", "rules"):
        _add_register(subparsers, name, _register)
    people = _add_register(subparsers, "people", _people)
    people.add_argument(
        "--passwords",
        type=Path,
        metavar="FILE",
        help="write first passwords to this new file instead of showing them",
    )


def _add(subparsers: Subparsers, name: str, command: Command, about: str) -> ArgumentParser:
    parser = subparsers.add_parser(name, help=about, description=about)
    parser.set_defaults(import_command=_refusing(command))
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, do nothing")
    return parser


def _add_areas(subparsers: Subparsers) -> None:
    areas = _add(subparsers, "areas", _areas, "Areas with their borders from GeoJSON.")
    areas.add_argument("file", type=Path)
    areas.add_argument("--level", required=True, help="district, street, community, grid or yours")
    areas.add_argument(
        "--system",
        required=True,
        help="what the numbers mean: wgs84, gcj02, bd09, cgcs2000, epsg:…",
    )
    for field in ("code", "name", "name-en", "parent"):
        areas.add_argument(
            f"--{field}-field",
            default="",
            help=f"the property with the {field}; several by commas: the first that is filled",
        )
    areas.add_argument("--only", default="", metavar="CODE", help="take this one area only")
    areas.add_argument(
        "--dissolve", default="", metavar="CODE", help="one area of all, under this code and name"
    )
    areas.add_argument("--parent-level", help="where to look for parents; none for nowhere")
    areas.add_argument(
        "--tolerance", type=float, default=TOLERANCE_M2, metavar="M2", help="overlap allowed, m²"
    )
    areas.add_argument("--review-number", default="", help="审图号 of these borders")
    areas.add_argument("--synthetic", action="store_true", help="these borders are made up")


def _add_level(subparsers: Subparsers) -> None:
    level = _add(subparsers, "level", _level, "Set up a level of areas of your own.")
    level.add_argument("code")
    level.add_argument("--rank", type=int, required=True, help="0 is the district, finer is higher")
    level.add_argument("--name-zh", required=True)
    level.add_argument("--name-en", required=True)
    level.add_argument(
        "--overlapping", action="store_true", help="areas may overlap: smallest wins"
    )
    level.add_argument("--code-length", type=int)


def _add_cases(subparsers: Subparsers) -> None:
    cases = _add(subparsers, "cases", _cases, "Cases of another system from CSV (also .gz).")
    cases.add_argument("file", type=Path)
    cases.add_argument("--mapping", type=Path, required=True, help="what its columns mean; TOML")
    cases.add_argument("--rejects", type=Path, metavar="FILE", help="write what was not taken here")


def _add_register(subparsers: Subparsers, name: str, command: Command) -> ArgumentParser:
    about = f"The register of {name} from XLSX or CSV."
    parser = _add(subparsers, name, command, about)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--template", action="store_true", help="print the first line of the file")
    parser.set_defaults(register=REGISTERS[name])
    return parser


def _register(asked: Namespace) -> int:
    if not _asks_template(asked):
        _tell(import_register(asked.register, asked.file, dry_run=asked.dry_run), asked)
    return 0


def _people(asked: Namespace) -> int:
    if _asks_template(asked):
        return 0
    with _for_passwords(asked.passwords) as out:
        tally = import_register(asked.register, asked.file, dry_run=asked.dry_run)
        _tell(tally, asked)
        for login in [] if asked.dry_run else tally.logins:
            print(f"{login.username},{login.password}", file=out)
    return 0


def _asks_template(asked: Namespace) -> bool:
    """Whether the template was asked for, and printed. Raises Invalid where no file is named."""
    if asked.template:
        print(first_line(asked.register.parts[0].columns))
    elif asked.file is None:
        raise Invalid("file.missing", _("Name a file, or ask for its first line: --template."))
    return bool(asked.template)


@contextmanager
def _for_passwords(path: Path | None) -> Iterator[TextIO]:
    """Where first passwords go: a new file that only its owner reads, opened before anything is
    written, or the terminal."""
    if path is None:
        yield sys.stdout
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    with open(number, "w", encoding="utf-8") as out:
        yield out


def _areas(asked: Namespace) -> int:
    file = places.read_file(asked.file)
    fields = places.Fields(
        asked.code_field, asked.name_field, asked.name_en_field, asked.parent_field
    )
    drafts = places.read_areas(file, system=asked.system, fields=fields, only=asked.only)
    if asked.dissolve:
        drafts = [places.dissolved(drafts, asked.dissolve)]
    source = AreaSource(asked.system, asked.review_number, asked.synthetic, file.digest)
    set_standard_levels(actor=ACTOR)
    with _bar(_("Areas")) as progress:
        summary = import_areas(
            drafts,
            level=asked.level,
            actor=ACTOR,
            source=source,
            parent_level=asked.parent_level,
            tolerance_m2=asked.tolerance,
            dry_run=asked.dry_run,
            progress=progress,
        )
    if file.gb18030:
        print(_("The file was read as GB18030."))
    _say(summary, asked)
    return 0


def _area_names(asked: Namespace) -> int:
    book = read_file(asked.file)
    _say(import_area_names(book, actor=ACTOR, dry_run=asked.dry_run), asked)
    return 0


def _places(asked: Namespace) -> int:
    register: Register = replace(
        REGISTERS["places"], take=partial(take_places, system=asked.system)
    )
    _tell(import_register(register, asked.file, dry_run=asked.dry_run), asked)
    return 0


def _catalogue(asked: Namespace) -> int:
    edition = read_edition(asked.folder)
    loaded = load_code_set(
        asked.folder, by=ACTOR, make_current=asked.current, dry_run=asked.dry_run
    )
    told = {"code": edition.code, "edition": edition.edition,
            "categories": len(edition.categories), "conditions": len(edition.conditions)}  # fmt: skip
    if not loaded.created:
        print(_("%(code)s %(edition)s is here already, alike; nothing was changed.") % told)
        return 0
    print(_("%(code)s %(edition)s: %(categories)d categories, %(conditions)d conditions.") % told)
    if asked.current:
        print(_("%(carried)d rules hold for it too.") % {"carried": loaded.carried})
        if loaded.left:
            ids = ", ".join(map(str, loaded.left))
            print(
                _("These rules do not, as what they name is called otherwise: %(rules)s.")
                % {"rules": ids}
            )
    else:
        print(_("Make it current under Setup, Categories, Editions."))
    if asked.dry_run:
        print(_("This was a dry run: nothing was written."))
    return 0


def _level(asked: Namespace) -> int:
    if not asked.dry_run:
        set_level(
            asked.code,
            rank=asked.rank,
            name_zh=asked.name_zh,
            name_en=asked.name_en,
            overlapping=asked.overlapping,
            code_length=asked.code_length,
            actor=ACTOR,
        )
    return 0


def _cases(asked: Namespace) -> int:
    mapping = read_mapping(asked.mapping)
    with _for_rejects(asked.rejects) as rejects, _bar(_("Cases")) as progress:
        outcome = import_cases(
            asked.file, mapping, actor=ACTOR, dry_run=asked.dry_run, rejects=rejects,
            progress=progress,
        )  # fmt: skip
    for sentence in sentences(outcome, dry_run=asked.dry_run):
        print(sentence)
    return 0


@contextmanager
def _for_rejects(path: Path | None) -> Iterator[TextIO | None]:
    """Where lines that were not taken go. They may hold what people wrote: only the owner reads."""
    if path is None:
        yield None
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    with open(number, "w", encoding="utf-8-sig", newline="") as out:
        yield out


def _unwritable(path: Path, error: OSError) -> Invalid:
    return Invalid(
        "file.unwritable",
        _("%(file)s cannot be made: %(why)s.") % {"file": path, "why": error.strerror},
    )


def _refusing(command: Command) -> Command:
    """A refusal is a sentence and exit code 1, never a traceback."""

    def run(asked: Namespace) -> int:
        try:
            return command(asked)
        except Refusal as refusal:
            print(refusal.message, file=sys.stderr)
            return 1

    return run


def _tell(tally: Tally, asked: Namespace) -> None:
    added, changed, same = map(tally.count, (ADDED, CHANGED, SAME))
    _say(Summary(added, changed, same, notes=tally.notes), asked)


def _say(summary: Summary, asked: Namespace) -> None:
    for sentence in (*summary.repairs, *summary.notes):
        print(sentence)
    print(
        _("%(added)d added, %(changed)d changed, %(same)d as before.")
        % {"added": summary.added, "changed": summary.changed, "same": summary.same}
    )
    if asked.dry_run:
        print(_("This was a dry run: nothing was written."))


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the error stream, gone when done."""
    with Progress(transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
