"""What `manage.py check` looks at before the product starts."""

from django.conf import settings
from django.core.checks import Warning as Remark
from django.urls import NoReverseMatch, reverse


def nav_leads_somewhere(app_configs, **options):
    """Every entry of DUZHAN_NAV names a page; one that does not is left out of the bar."""
    return [
        Remark(
            f"DUZHAN_NAV: no page is called {name!r}.",
            hint="Correct the name in DUZHAN_NAV, or take the entry out.",
            id="ui.W001",
        )
        for _label, name, *_rest in getattr(settings, "DUZHAN_NAV", ())
        if not _has_page(name)
    ]


def _has_page(name):
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
