"""Levels, areas and named places, and the polygons they are made of."""

from typing import Any

import factory
import shapely
from shapely.geometry import MultiPolygon

from gulou.places import borders, current
from gulou.places.cells import cell_of
from gulou.places.models import Area, Level, NamedPlace

RANKS = {"district": 0, "street": 1, "community": 2, "grid": 3}


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle in degrees, from corner to corner."""
    return MultiPolygon([shapely.box(west, south, east, north)])


class LevelFactory(factory.django.DjangoModelFactory[Level]):
    class Meta:
        model = Level
        django_get_or_create = ("code",)

    code = "community"
    rank = factory.LazyAttribute(lambda level: RANKS.get(level.code, 5))
    name_zh = factory.LazyAttribute(lambda level: f"层级{level.code}")
    name_en = factory.LazyAttribute(lambda level: level.code.title())


class AreaFactory(factory.django.DjangoModelFactory[Area]):
    """An area; `shape` is its polygon in WGS84, None for one without a border."""

    class Meta:
        model = Area

    level = factory.SubFactory(LevelFactory)
    code = factory.Sequence(lambda n: f"A{n}")
    name_zh = factory.LazyAttribute(lambda area: f"区域{area.code}")

    @classmethod
    def _create(cls, model_class: type[Area], *args: Any, **kwargs: Any) -> Area:
        shape = kwargs.pop("shape", None)
        if shape is not None:
            middle = shape.representative_point()
            kwargs["border"] = borders.as_geojson(shape)
            kwargs["centre_lat"], kwargs["centre_lon"] = middle.y, middle.x
        current.touch()
        return model_class.objects.create(*args, **kwargs)


class NamedPlaceFactory(factory.django.DjangoModelFactory[NamedPlace]):
    class Meta:
        model = NamedPlace

    name_zh = factory.Sequence(lambda n: f"地点{n}")
    lat, lon = 26.084, 119.2925
    cell = factory.LazyAttribute(lambda place: cell_of(place.lat, place.lon))
