"""Areas, named places, and what it means to lie somewhere."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.outbox.models import Chained


class System(models.TextChoices):
    """The coordinate system a place was given in. We store WGS84 and keep this beside it."""

    WGS84 = "wgs84", _("WGS84 (GPS)")
    GCJ02 = "gcj02", _("GCJ-02 (WeChat, Amap, Tencent)")
    BD09 = "bd09", _("BD-09 (Baidu)")
    CGCS2000 = "cgcs2000", _("CGCS2000")


class Located(models.Model):
    """A point. Latitude and longitude in WGS84 degrees; `cell` is its 62-bit Morton cell."""

    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField()
    accuracy_m = models.FloatField(null=True, blank=True)
    source_system = models.CharField(max_length=16, default=System.WGS84)

    class Meta:
        abstract = True


class Level(Chained):
    """A level of areas: district, street, community, grid cell; an office may add its own."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField(help_text="0 is the whole district")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    overlapping = models.BooleanField(default=False)
    code_length = models.PositiveSmallIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.code


class Area(Chained):
    """A piece of the district with its border, in WGS84. Change it by operations only."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="areas")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    # GeoJSON MultiPolygon, WGS84, (lon, lat); null where only the name is known.
    border = models.JSONField(null=True, blank=True)
    centre_lat = models.FloatField(null=True, blank=True)
    centre_lon = models.FloatField(null=True, blank=True)
    source_system = models.CharField(max_length=40, default=System.WGS84)
    # 审图号: the number under which a border was reviewed. Without it, and where synthetic,
    # a border never stands on a public page as if it were official.
    review_number = models.CharField(max_length=60, blank=True)
    synthetic = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    # How many people live there, in which year that was counted, and who says so.
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    population_source = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        ordering = ["level__rank", "code"]
        constraints = [
            models.UniqueConstraint(fields=["level", "code"], name="area_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class NamedPlace(Chained, Located):
    """A place people name: a park, a crossing, a lane. For address search."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    # Character bigrams of the names and aliases: kit.words.bigrams.
    terms = ArrayField(models.CharField(max_length=120), default=list)
    # One that is not is found by nobody who searches; a list told again does not bring it back.
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["name_zh"]
        indexes = [
            GinIndex(fields=["terms"], name="place_terms"),
            models.Index(fields=["cell"], name="place_cell"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class PlaceList(Chained):
    """A file of named places that was imported; the fact about it says what came of it."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.file_name
