"""Every address of the house, by face."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("desk/", include("gulou.desk.urls")),
    path("", include("gulou.portal.urls")),
]
