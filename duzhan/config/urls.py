"""Where every page lives. Each app names its own; here stands only under what."""

from django.urls import include, path

from .api import api

PAGES = [
    ("", "duzhan.insight.overview.urls"),
    ("ui/", "duzhan.base.ui.urls"),
    ("uploads/", "duzhan.base.uploads.urls"),
    ("operations/", "duzhan.operations.urls"),
    ("people/", "duzhan.people.urls"),
    ("people/", "duzhan.operations.people_urls"),
    ("points/", "duzhan.places.urls"),
    ("points/", "duzhan.supervision.inspections.point_urls"),
    ("problems/", "duzhan.supervision.problems.urls"),
    ("visits/", "duzhan.supervision.inspections.urls"),
    ("figures/", "duzhan.insight.figures.urls"),
    ("health/", "duzhan.insight.health.urls"),
    ("notices/", "duzhan.insight.notices.urls"),
    ("", "duzhan.insight.briefing.urls"),
    ("bulletins/", "duzhan.insight.bulletins.urls"),
    ("", "duzhan.gateways.exchange.urls"),
    ("docs/", "duzhan.config.docs_urls"),
]


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    *(path(prefix, include(module)) for prefix, module in PAGES),
]

handler400 = "duzhan.base.ui.refusals.bad_request"
handler403 = "duzhan.base.ui.refusals.permission_denied"
handler404 = "duzhan.base.ui.refusals.page_not_found"
handler500 = "duzhan.base.ui.refusals.server_error"
