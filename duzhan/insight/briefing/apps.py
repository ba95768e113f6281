from django.apps import AppConfig


class BriefingConfig(AppConfig):
    name = "duzhan.insight.briefing"
    label = "briefing"
