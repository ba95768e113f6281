from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "duzhan.base.ledger"
    label = "ledger"
