"""What a change replaced, kept beside its fact where the fact must not hold it."""

from collections.abc import Mapping

from gulou.outbox.models import Event
from gulou.people.models import Earlier


def keep_earlier(event: Event, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Keep those of the words that differ."""
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        Earlier.objects.create(
            event=event,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
