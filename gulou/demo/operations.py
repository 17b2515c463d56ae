"""Making the demonstration district: all of it in one transaction, or nothing."""

from gulou.kit.progress import Tell


def load_demo(*, progress: Tell) -> None:
    """Make the district in an empty database, telling how far it is. Written with the demo."""
