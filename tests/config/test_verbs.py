"""Every verb of the house is said in words, once."""

import importlib
import pkgutil

import gulou
from gulou.cases import states
from gulou.config.verbs import GROUPS
from gulou.people import verbs


def test_every_verb_has_its_words_once() -> None:
    said = [verb.code for group in GROUPS for verb in group.verbs]
    assert sorted(said) == sorted(set(said))
    assert {*verbs.VERBS, *states.VERBS} <= set(said)


def test_no_room_keeps_a_verb_without_words() -> None:
    """A verb stands in capitals in its room's `states` or `verbs`, as "room.what"."""
    said = {verb.code for group in GROUPS for verb in group.verbs}
    found = set()
    for module in pkgutil.walk_packages(gulou.__path__, "gulou."):
        if module.name.split(".")[-1] in ("states", "verbs"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if name.isupper() and isinstance(value, str) and "." in value:
                    found.add(value)
    assert found - said == set()
    assert found
