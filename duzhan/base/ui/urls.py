"""/ui/: the gallery, and how a person likes to see it."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.gallery, name="ui-gallery"),
    path("wall/", views.wall_sample, name="ui-wall"),
    path("street/", views.street_sample, name="ui-street"),
    path("prefs/", views.set_preferences, name="ui-prefs"),
]
