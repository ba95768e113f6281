from django.apps import AppConfig
from django.utils.module_loading import import_module


class BriefingConfig(AppConfig):
    name = "duzhan.insight.briefing"
    label = "briefing"

    def ready(self):
        import_module("duzhan.insight.briefing.handlers")  # what follows an event is told on the way up
