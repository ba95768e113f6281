from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "duzhan.insight.figures"
    label = "figures"
