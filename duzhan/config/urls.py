"""Where every page lives. Each app names its own; here stands only under what."""

from importlib.util import find_spec

from django.urls import include, path

PAGES = [
    ("", "duzhan.insight.overview.urls"),
    ("ui/", "duzhan.base.ui.urls"),
    ("uploads/", "duzhan.base.uploads.urls"),
    ("operations/", "duzhan.operations.urls"),
    ("points/", "duzhan.places.urls"),
    ("problems/", "duzhan.supervision.problems.urls"),
    ("visits/", "duzhan.supervision.inspections.urls"),
    ("figures/", "duzhan.insight.figures.urls"),
    ("", "duzhan.insight.briefing.urls"),
    ("", "duzhan.gateways.exchange.urls"),
    ("docs/", "duzhan.config.docs_urls"),
]


def _there(module):
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    *(path(prefix, include(module)) for prefix, module in PAGES if _there(module)),
]
