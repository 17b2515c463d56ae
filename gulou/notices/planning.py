"""By which channels, and when, a person is told something."""

from .channels import open_channels
from .models import Item, Letter


def letters_for(item: Item) -> list[Letter]:
    """What is to be sent so that the person gets to know of it; not saved."""
    person = item.person
    assert person is not None  # noqa: S101  a unit's mailbox has no wishes
    return [
        Letter(item=item, channel=one.name, ref=outlet.ref, line=outlet.line, due_at=item.at)
        for one in open_channels()
        for outlet in one.outlets(person)
    ]
