from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "duzhan.insight.overview"
    label = "overview"
