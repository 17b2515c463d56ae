"""Files on their way into a register, or out of one."""

import uuid

from django.conf import settings
from django.db import models

from gulou.errands.models import Errand
from gulou.outbox.models import Chained

from .states import State


class Sheet(Chained):
    """One file of one person. After a day only what the facts tell is left."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    register = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What the dry run found (operations.reports), and the digest of all that it would do.
    report = models.JSONField(default=dict)
    plan = models.CharField(max_length=64, blank=True)
    # It is read by the worker.
    large = models.BooleanField(default=False)
    errand = models.ForeignKey(Errand, null=True, on_delete=models.SET_NULL, related_name="+")
    # First passwords, sealed (kit.sealing), until they are taken.
    logins = models.BinaryField(default=b"")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="sheet_mine")]

    def __str__(self) -> str:
        return f"{self.register} {self.uid}"
