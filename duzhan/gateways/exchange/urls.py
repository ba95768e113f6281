"""/problems/export.xlsx and .csv: the ledger as a table."""

from django.urls import re_path

from . import views

urlpatterns = [
    re_path(r"^problems/export\.(?P<kind>xlsx|csv)$", views.export_problems, name="problem-export"),
]
