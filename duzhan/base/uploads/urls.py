from django.urls import path

from duzhan.base.uploads import views

app_name = "uploads"
urlpatterns = [
    path("<uuid:upload_id>/", views.shown, name="shown"),
    path("<uuid:upload_id>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("<uuid:upload_id>/original/", views.original, name="original"),
]
