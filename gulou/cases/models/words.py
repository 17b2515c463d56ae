"""What may be erased: what a person wrote, and who that was."""

from django.db import models


class Words(models.Model):
    """What a person wrote. May be erased; facts hold only its id and salted digest."""

    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"words {self.pk}"


class Contact(models.Model):
    """Who reported, encrypted at rest. May be erased."""

    sealed = models.BinaryField()
    # Keyed, so that somebody who calls again is known; nobody reads the number out of it.
    phone_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["phone_digest"], name="contact_phone", condition=~models.Q(phone_digest="")
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"
