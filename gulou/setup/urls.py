from django.urls import path

from .views import home

app_name = "setup"
urlpatterns = [
    path("", home.home, name="home"),
    path("undo/<slug:room>/<int:event_id>/", home.undo, name="undo"),
]
