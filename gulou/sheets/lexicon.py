"""Things by whatever a cell may call them: their code, their name, or both."""

from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.kit.words import in_language, name_of


class Coded(Protocol):
    """Anything with a code and names."""

    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


C = TypeVar("C", bound=Coded)


class Lexicon(Generic[C]):
    """Finds what "S01", "榕荫街道" or "S01 榕荫街道" means. A code goes before a name."""

    def __init__(self, things: Iterable[C] = ()) -> None:
        self.by_code: dict[str, C] = {}
        self._by_name: dict[str, dict[str, C]] = {}
        for thing in things:
            self.add(thing)

    def add(self, thing: C) -> None:
        """Know one more, or one anew."""
        self.by_code[thing.code] = thing
        for name in {thing.name_zh.casefold(), thing.name_en.casefold()} - {""}:
            self._by_name.setdefault(name, {})[thing.code] = thing

    def get(self, text: str) -> C | None:
        """What is meant; None for nothing we know. Raises Invalid where several are called so."""
        if text in self.by_code:
            return self.by_code[text]
        first = text.split(maxsplit=1)[0] if text else ""
        if first in self.by_code:
            return self.by_code[first]
        named = self._by_name.get(text.casefold(), {})
        if len(named) > 1:
            raise Invalid(
                "table.several",
                _("Several are called “%(name)s”. Write the code: %(codes)s.")
                % {"name": text, "codes": in_language("、", ", ").join(sorted(named))},
            )
        return next(iter(named.values()), None)

    def word(self, thing: C) -> str:
        """How our files name it: code and name."""
        return f"{thing.code} {name_of(thing)}"

    def words(self) -> list[str]:
        """All of them, to choose from."""
        return [self.word(thing) for thing in self.by_code.values()]


class Choices:
    """A short fixed list: each value with its name in both languages, and other words for it."""

    def __init__(
        self, named: Iterable[tuple[str, str, str]], also: Mapping[str, str] | None = None
    ) -> None:
        self._names = {value: (zh, en) for value, zh, en in named}
        self._values = {word.casefold(): value for word, value in (also or {}).items()} | {
            word.casefold(): value
            for value, names in self._names.items()
            for word in (value, *names)
        }

    @classmethod
    def of(cls, values: type[TextChoices], also: Mapping[str, str] | None = None) -> "Choices":
        """The values of a field, as both languages call them."""
        names: dict[str, list[str]] = {value: [] for value in values.values}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                for value, label in values.choices:
                    names[value].append(str(label))
        return cls([(value, zh, en) for value, (zh, en) in names.items()], also)

    def get(self, text: str) -> str | None:
        """The value that is meant."""
        return self._values.get(text.casefold())

    def word(self, value: str) -> str:
        """How our files name it."""
        return in_language(*self._names[value]) if value in self._names else value

    def words(self) -> list[str]:
        """All of them, to choose from."""
        return [self.word(value) for value in self._names]
