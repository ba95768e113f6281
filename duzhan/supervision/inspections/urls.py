from django.urls import path

from .views import helps, visits

urlpatterns = [
    path("", visits.visit_list, name="visit-list"),
    path("new/", visits.choose, name="visit-new"),
    path("new/<int:point>/", visits.enter, name="visit-enter"),
    path("<int:pk>/", visits.visit, name="visit"),
    path("helps/", helps.help_list, name="help-list"),
    path("helps/<int:pk>/", helps.help_, name="help"),
]
