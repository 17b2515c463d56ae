from django.urls import path

from .views import entering, files, lists, office, record

app_name = "desk"
urlpatterns = [
    path("", lists.mine, name="queue"),
    path("cases/", lists.cases, name="cases"),
    path("cases/points.json", lists.points, name="points"),
    path("cases/<str:number>/", record.record, name="record"),
    path("cases/<str:number>/around.json", lists.around, name="around"),
    path("cases/<str:number>/erase/", record.erase, name="erase"),
    path("cases/<str:number>/contact/<uuid:uid>/", record.contact, name="contact"),
    path("cases/<str:number>/<slug:name>/", record.move, name="move"),
    path("search", lists.find, name="find"),
    path("enter/", entering.enter, name="enter"),
    path("photos/<uuid:uid>/<slug:size>", files.photo, name="photo"),
    path("drafts/", files.stage, name="stage"),
    path("drafts/<uuid:uid>", files.draft, name="draft"),
    path("map/areas.json", files.areas, name="areas"),
    path("map/places.json", files.named_places, name="places"),
    path("units/", office.units, name="units"),
    path("deliveries/", office.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/retry/", office.retry, name="retry"),
]
