"""/bulletins/: outside texts with the figures read out of them, laid beside the ledger."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.bulletin_list, name="bulletin-list"),
    path("new/", views.new, name="bulletin-new"),
    path("<int:pk>/", views.detail, name="bulletin"),
    path("<int:pk>/figures/<int:number>/", views.figure, name="bulletin-figure"),
    path("<int:pk>/figures/<int:number>/drop/", views.drop, name="bulletin-drop"),
    path("<int:pk>/add/", views.add, name="bulletin-add"),
    path("<int:pk>/file/", views.file, name="bulletin-file"),
    path("<int:pk>/look-into/", views.look_into, name="bulletin-look-into"),
]
