from django.urls import path

from . import views

urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("new/", views.open_account, name="person-new"),
    path("me/tokens/", views.token_list, name="token-list"),
    path("me/tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("<int:pk>/password/", views.reset_password, name="person-password"),
    path("<int:pk>/erase/", views.erase, name="person-erase"),
]
