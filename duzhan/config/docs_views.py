"""The documentation inside the product, for whoever has signed in."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from . import docs_pages


@login_required
@require_safe
def contents(request):
    """What can be read, section by section, in the reader's language."""
    return render(request, "docs/contents.html", {"sections": docs_pages.contents(_language())})


@login_required
@require_safe
def page(request, address):
    """One page of the documentation, beside the others of its section."""
    address = f"{address}.md"
    html, headings = docs_pages.shown(address)
    name, written_in = address.partition("/")[0], docs_pages.language_of(address)
    pages = docs_pages.section(name, written_in)
    return render(request, "docs/page.html", {
        "html": html,
        "headings": headings,
        "address": address,
        "written_in": written_in,
        "languages": docs_pages.languages_of(address),
        "label": docs_pages.SECTIONS.get(name, ""),
        "pages": pages,
        "title": next((each.title for each in pages if each.address == address), ""),
    })  # fmt: skip


@login_required
@require_safe
def picture(request, name):
    """A picture of the documentation."""
    answer = FileResponse(docs_pages.picture_of(name).open("rb"))
    patch_cache_control(answer, private=True, max_age=3600)
    return answer


def _language():
    return "en" if (get_language() or "zh").startswith("en") else "zh"
