"""Every page of the product, from its addresses."""

import inspect
import re

from django.urls import URLPattern, get_resolver

from .writing import code, first_sentence, page, table


def addresses() -> list:
    """(name, address, what it is for) of every page that is ours, in the order of the addresses.

    Sign-in pages and the API are other people's and describe themselves.
    """
    return sorted(set(_found(get_resolver().url_patterns, "/")), key=lambda each: each[1])


def _found(patterns, prefix):
    for pattern in patterns:
        address = prefix + _readable(str(pattern.pattern))
        if not isinstance(pattern, URLPattern):
            yield from _found(pattern.url_patterns, address)
        elif (view := inspect.unwrap(pattern.callback)).__module__.startswith("duzhan."):
            yield pattern.name or "", address, first_sentence(view.__doc__)


def _readable(pattern):
    """A route as it is; a regular expression with its groups by their names."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).replace("\\.", ".").strip("^$")


def text() -> str:
    rows = [(code(name), code(address), purpose) for name, address, purpose in addresses()]
    return page(
        "Pages",
        "Every address of the pages, by its name in the code. All of them ask for sign-in first; each shows what the "
        "reader's posts let them see. Signing in is below `/accounts/`, the programming interface below `/api/`.",
        table(["name", "address", "what it is for"], rows),
    )
