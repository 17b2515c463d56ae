from django.urls import path

from gulou.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
