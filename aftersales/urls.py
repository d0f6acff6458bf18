"""The routes of the whole application; the only module here that knows the apps."""

from django.urls import include, path

from aftersales.views import health, styleguide
from reports.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("health/", health.health, name="health"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", include("customers.urls")),
    path("", include("workshop.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include("aftersales.api_urls")),
]

handler400 = "aftersales.api.problems.bad_request"
handler404 = "aftersales.api.problems.not_found"
handler500 = "aftersales.api.problems.server_error"
