"""/health/: the worker, and what it has given up."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.health, name="health"),
    path("retry/", views.retry, name="health-retry"),
]
