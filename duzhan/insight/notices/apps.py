from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "duzhan.insight.notices"
    label = "notices"
