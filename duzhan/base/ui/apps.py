from django.apps import AppConfig
from django.core.checks import register

from .checks import nav_leads_somewhere


class UiConfig(AppConfig):
    name = "duzhan.base.ui"
    label = "ui"

    def ready(self):
        register(nav_leads_somewhere)
