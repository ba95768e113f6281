from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "duzhan.operations"
    label = "operations"
