from django.urls import path

from . import views

urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("new/", views.open_account, name="person-new"),
    path("<int:pk>/password/", views.reset_password, name="person-password"),
]
