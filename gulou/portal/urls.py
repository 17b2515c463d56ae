from datetime import date

from django.urls import path, register_converter

from .views import data, figures, home, maps, photos, places, released, report, track, wechat


class DayConverter:
    """A day as 2026-11-23."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("robots.txt", home.robots, name="robots"),
    path("sitemap.xml", home.sitemap, name="sitemap"),
    path("cases/", released.cases_list, name="cases"),
    path("cases/feed.atom", released.feed, name="feed"),
    path("cases/<slug:number>/", released.case, name="case"),
    path("map/", released.case_map, name="map"),
    path("map/points.json", released.points, name="points"),
    path("statistics/", figures.statistics, name="statistics"),
    path("statistics/<day:day>/", figures.statistics_of, name="statistics_of"),
    path("statistics/<day:day>/figures.json", figures.statistics_json, name="statistics_json"),
    path("data/", data.data, name="data"),
    path("data/cases.csv", data.data_csv, name="data_csv"),
    path("data/cases.jsonl", data.data_jsonl, name="data_jsonl"),
    path("report/", report.report, name="report"),
    path("report/check/", report.check, name="check"),
    path("report/categories/", report.categories, name="categories"),
    path("report/places", places.places, name="places"),
    path("report/photos/", photos.stage, name="stage"),
    path("report/photos/<uuid:uid>/", photos.preview, name="preview"),
    path("wechat/", wechat.wechat, name="wechat"),
    path("track/", track.find, name="track"),
    path("t/<str:token>/", track.story, name="story"),
    path("t/<str:token>/receipt/", track.receipt, name="receipt"),
    path("t/<str:token>/rating/", track.rate, name="rate"),
    path("t/<str:token>/objection/", track.object_to, name="object"),
    path("t/<str:token>/photos/<uuid:uid>/<str:size>", photos.tracked, name="tracked_photo"),
    path("photos/<uuid:uid>/<str:size>", photos.released, name="photo"),
    path("map/areas.json", maps.areas, name="areas"),
]
