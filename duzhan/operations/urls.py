from django.urls import path

from .views import operations

urlpatterns = [
    path("", operations.operation_list, name="operation-list"),
    path("switch/", operations.switch, name="operation-switch"),
    path("new/", operations.start, name="operation-new"),
    path("<slug:code>/", operations.detail, name="operation"),
    path("<slug:code>/focuses/", operations.set_focuses, name="focus-set"),
    path("<slug:code>/focuses/<int:pk>/drop/", operations.drop_focus, name="focus-drop"),
    path("<slug:code>/groups/", operations.form_group, name="group-form"),
    path("<slug:code>/groups/<int:pk>/stand-down/", operations.stand_down, name="group-stand-down"),
    path("<slug:code>/end/", operations.end, name="operation-end"),
]
