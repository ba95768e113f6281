from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "duzhan.base.ledger"
    label = "ledger"

    def ready(self):
        autodiscover_modules("handlers")  # what follows an event, in each app that wants to know
