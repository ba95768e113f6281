from django.db import models
from django.utils.translation import gettext_lazy as _


class Beat(models.Model):
    """A worker's sign of life: one row for each worker, renewed while it works or rests."""

    worker = models.CharField(_("后台"), max_length=120, unique=True)  # host and process
    started_at = models.DateTimeField(_("启动"))
    at = models.DateTimeField(_("最近一次"))

    class Meta:
        indexes = [models.Index(fields=["-at"], name="beat_by_at")]

    def __str__(self):
        return self.worker
