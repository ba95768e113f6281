"""Beside the pages of duzhan.people, under the same address: what a person may do where, which needs areas and operations."""

from django.urls import path

from .views import posts

urlpatterns = [
    path("me/", posts.me, name="person-me"),
    path("<int:pk>/", posts.detail, name="person"),
    path("<int:pk>/appoint/", posts.appoint, name="post-appoint"),
    path("posts/<int:pk>/end/", posts.end, name="post-end"),
]
