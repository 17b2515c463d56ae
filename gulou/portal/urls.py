from django.urls import path

from .views import home, maps, photos, places, report, track

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("robots.txt", home.robots, name="robots"),
    path("report/", report.report, name="report"),
    path("report/check/", report.check, name="check"),
    path("report/categories/", report.categories, name="categories"),
    path("report/places", places.places, name="places"),
    path("report/photos/", photos.stage, name="stage"),
    path("report/photos/<uuid:uid>/", photos.preview, name="preview"),
    path("track/", track.find, name="track"),
    path("t/<str:token>/", track.story, name="story"),
    path("t/<str:token>/receipt/", track.receipt, name="receipt"),
    path("t/<str:token>/rating/", track.rate, name="rate"),
    path("t/<str:token>/objection/", track.object_to, name="object"),
    path("t/<str:token>/photos/<uuid:uid>/<str:size>", photos.tracked, name="tracked_photo"),
    path("photos/<uuid:uid>/<str:size>", photos.released, name="photo"),
    path("map/areas.json", maps.areas, name="areas"),
]
