"""What every page's frame needs: where one can go, for whom and in which operation, in which colours."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from .preferences import CHOICES, preference


@dataclass(frozen=True)
class Entry:
    """One place in the bar."""

    label: str
    url: str
    is_current: bool = False


BELL_SHOWS = 99  # above that: 99+


@dataclass(frozen=True)
class Bell:
    """What waits to be read by this person, and where."""

    url: str
    count: int

    @property
    def text(self) -> str:
        return f"{BELL_SHOWS}+" if self.count > BELL_SHOWS else str(self.count)


@dataclass(frozen=True)
class Frame:
    """`operation`, `operations` and `standing` come from the request, where a middleware of a higher floor puts them."""

    theme: str
    type: str
    themes: tuple = CHOICES["theme"]
    types: tuple = CHOICES["type"]
    nav: tuple = ()
    bell: Bell | None = None
    operations: list = field(default_factory=list)
    switch_url: str = ""
    standing: str = ""
    here: str = "/"

    @property
    def bs_theme(self):
        return "dark" if self.theme == "dark" else "light"


def frame(request):
    """Context processor: `frame` and `operation` in every template."""
    person = getattr(request, "user", None)
    known = person is not None and person.is_authenticated
    return {
        "operation": getattr(request, "operation", None),
        "demo_hint": getattr(settings, "DUZHAN_DEMO_HINT", ""),
        "frame": Frame(
            theme=preference(request, "theme"),
            type=preference(request, "type"),
            nav=nav_entries(person, request.path) if known else (),
            bell=SimpleLazyObject(lambda: _bell(person)) if known else None,
            operations=list(getattr(request, "operations", ())) if known else [],
            switch_url=address_of_page(getattr(settings, "DUZHAN_OPERATION_SWITCH", "operation-switch")),
            standing=getattr(request, "standing", ""),
            here=request.get_full_path(),
        ),
    }


def _bell(person):
    """Asked only where the bar is drawn: a part of a page asks for nothing."""
    name, count = settings.DUZHAN_BELL
    return Bell(address_of_page(name), import_string(count)(person))


def nav_entries(person, path) -> tuple[Entry, ...]:
    """The places open to this person, from DUZHAN_NAV: (label, url name, dotted predicate of the person or None).

    The place one is at is the one whose address is the longest beginning of `path`.
    """
    places = [
        (label, address)
        for label, name, predicate in getattr(settings, "DUZHAN_NAV", ())
        if (address := address_of_page(name)) and (predicate is None or import_string(predicate)(person))
    ]
    here = max((address for _label, address in places if _is_within(path, address)), key=len, default=None)
    return tuple(Entry(f"{label}", address, address == here) for label, address in places)


def _is_within(path, address):
    return path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))


def address_of_page(name, *args) -> str:
    """The address of a page, worked out once; empty where the product is run without it."""
    return _reversed(name, args, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(1024)
def _reversed(name, args, _urlconf, _prefix):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
