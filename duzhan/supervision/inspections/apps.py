from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "duzhan.supervision.inspections"
    label = "inspections"
