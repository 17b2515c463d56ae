"""Every address of the house, by face."""

from django.urls import include, path

from gulou.config.health import healthz, metrics, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("gulou.people.urls")),
    path("api/v1/", include("gulou.api.urls")),
    path("desk/", include("gulou.desk.urls")),
    path("setup/", include("gulou.setup.urls")),
    path("field/", include("gulou.field.urls")),
    path("ui/", include("gulou.ui.urls")),
    path("", include("gulou.portal.urls")),
]

handler400 = "gulou.config.faults.malformed"
handler403 = "gulou.config.faults.forbidden"
handler404 = "gulou.config.faults.missing"
handler500 = "gulou.config.faults.broken"
