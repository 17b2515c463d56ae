"""Pictures as they are once somebody has looked for faces and plates in them."""

from django.db.models import F

from gulou.kit import clock
from gulou.photos.models import Photo, PhotoState


def show_to_the_public() -> None:
    """Let every kept photo be looked at with nothing found, and be fetched by its own id."""
    Photo.objects.filter(state=PhotoState.KEPT, public_uid=None).update(
        public_uid=F("uid"), looked_at=clock.now()
    )
