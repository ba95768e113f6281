from django.urls import path

from . import views

urlpatterns = [
    path("new/", views.new_point, name="point-new"),
    path("import/", views.import_points, name="point-import"),
    path("import/points.csv", views.table_sample, name="point-sample"),
    path("<int:pk>/change/", views.change_point, name="point-change"),
    path("areas/", views.area_list, name="area-list"),
]
