from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "duzhan.supervision.problems"
    label = "problems"
