from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    name = "duzhan.base.uploads"
    label = "uploads"
    verbose_name = _("附件")

    def ready(self):
        autodiscover_modules("doors")  # each app that owns things says who sees the uploads about them
