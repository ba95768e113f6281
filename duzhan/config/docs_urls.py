"""/docs/: the pages of docs/ under the addresses that they have there, so that their links lead somewhere in both."""

from django.urls import path

from . import docs_views

urlpatterns = [
    path("", docs_views.contents, name="docs"),
    path("pictures/<str:name>", docs_views.picture, name="docs-picture"),
    path("<path:address>.md", docs_views.page, name="docs-page"),
]
