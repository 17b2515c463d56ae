"""`gulou found`: asks what is not given, makes the office, and shows the first passwords once."""

import sys
from argparse import Namespace

from rich.console import Console

from gulou.config.runtime.migrate import migrate
from gulou.config.runtime.prepare import ship
from gulou.imports.founding import Newcomer, Office
from gulou.imports.founding import found as found_office
from gulou.kit.errors import Refusal

# The words of the command line; what was not given is asked with these.
QUESTIONS = {
    "name_zh": "The district office, in Chinese 区文明办名称",
    "name_en": "The district office, in English 英文名称",
    "administrator": "The administrator signs in as 管理员登录名",
    "administrator_name": "The administrator is called 管理员姓名",
    "dispatcher": "The dispatcher signs in as 派遣员登录名",
    "dispatcher_name": "The dispatcher is called 派遣员姓名",
}


def found(asked: Namespace) -> int:
    """Found the office in a database brought up to date; 1 where that was refused."""
    migrate()
    ship()
    missing = [name for name in QUESTIONS if not getattr(asked, name)]
    if missing and not sys.stdin.isatty():
        words = ", ".join("--" + name.replace("_", "-") for name in missing)
        print(f"Nothing was done. Missing: {words}", file=sys.stderr)
        return 1
    told = {name: getattr(asked, name) or input(f"{QUESTIONS[name]}: ") for name in QUESTIONS}
    try:
        logins = found_office(_office(told))
    except Refusal as refusal:
        print(f"Nothing was done. {refusal.message}", file=sys.stderr)
        return 1
    _show([(login.username, login.password) for login in logins])
    return 0


def _office(told: dict[str, str]) -> Office:
    return Office(
        told["name_zh"],
        told["name_en"],
        Newcomer(told["administrator"], told["administrator_name"]),
        Newcomer(told["dispatcher"], told["dispatcher_name"]),
    )


def _show(logins: list[tuple[str, str]]) -> None:
    console = Console(highlight=False)
    console.print("The office is founded. Shown once, changed at the first sign-in:")
    for username, password in logins:
        console.print(f"  {username}  {password}", markup=False, soft_wrap=True)
    console.print("Next: areas, units and people, see docs/founding.md.")
