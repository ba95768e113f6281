from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "duzhan.insight.health"
    label = "health"
