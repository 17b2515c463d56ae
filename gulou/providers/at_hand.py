"""The providers at hand, for every fact that somebody may be told of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gulou.kit.sealing import unseal
from gulou.outbox.kept import Kept

from .models import Provider
from .states import settings_of


@dataclass(frozen=True)
class ProviderRef:
    """A provider that was set up. What it was not told yet is as it is at first."""

    id: int
    code: str
    settings: Mapping[str, Any]
    sealed: bytes = field(repr=False)
    in_use: bool

    def secret(self, name: str) -> str:
        """One of its secrets, "" where there is none. Raises ValueError when it cannot be read."""
        return secrets_of(self.sealed).get(name, "")


def secrets_of(sealed: bytes | memoryview) -> dict[str, str]:
    """Every secret by its name. Raises ValueError when they cannot be read."""
    found: dict[str, str] = json.loads(unseal(sealed)) if sealed else {}
    return found


def _read() -> Mapping[str, ProviderRef]:
    return {
        one.code: ProviderRef(
            one.pk, one.code,
            {s.name: one.settings.get(s.name, s.default)
             for s in settings_of(one.code) if not s.secret},
            bytes(one.sealed), one.in_use,
        )
        for one in Provider.objects.order_by("pk")
    }  # fmt: skip


_kept = Kept("providers.providers", _read)
changing = _kept.changing


def provider(code: str) -> ProviderRef | None:
    """The provider if it is in use. Free."""
    found = _kept.now().get(code)
    return found if found is not None and found.in_use else None
