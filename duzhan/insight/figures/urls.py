"""/figures/: every figure of the current operation, and the records behind each."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.figure_list, name="figure-list"),
    path("<slug:key>/", views.figure_records, name="figure-records"),
    path("<slug:key>/records.csv", views.records_file, name="figure-records-csv"),
]
