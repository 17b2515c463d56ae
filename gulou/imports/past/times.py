"""Reading times as another system writes them."""

from datetime import datetime

from .mapping import CaseMapping


def moment_in(mapping: CaseMapping, text: str) -> datetime | None:
    """The time that this text says, in the mapping's zone where it names none; else None."""
    found = _parsed(mapping, text)
    return found.replace(tzinfo=mapping.zone) if found and not found.tzinfo else found


def _parsed(mapping: CaseMapping, text: str) -> datetime | None:
    for one in mapping.formats:
        try:
            return datetime.strptime(text, one)  # noqa: DTZ007  the mapping's zone is added
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
