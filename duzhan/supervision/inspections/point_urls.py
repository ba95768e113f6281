"""Beside the pages of duzhan.places, under the same address: what is known of points from going there."""

from django.urls import path

from .views import points

urlpatterns = [
    path("", points.point_list, name="point-list"),
    path("<int:pk>/", points.point, name="point"),
]
