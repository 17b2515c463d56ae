"""The subcommands of `gulou import …`: one function each, added to the parser here."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from typing import TypeAlias

# A command gets the parsed words and answers with an exit code. Django is set up by then.
Command = Callable[[Namespace], int]
Subparsers: TypeAlias = "_SubParsersAction[ArgumentParser]"


def add_parsers(subparsers: Subparsers) -> None:
    """Add one parser per kind of import; each does `set_defaults(import_command=function)`."""
