import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """附件: one photo or file about one thing. The bytes lie on disk under their SHA-256, as they were sent.

    What the camera wrote into a photo (when, where) stands here, apart from the copy that is shown: the copy
    carries none of it. `about_kind` and `about_id` name the thing; both are empty until it is known.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        FILE = "file", _("文件")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # random: not to be guessed
    kind = models.CharField(_("种类"), max_length=5, choices=Kind)
    sha256 = models.CharField(_("指纹"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    content_type = models.CharField(_("类型"), max_length=100)
    original_name = models.CharField(_("原文件名"), max_length=120)
    stage_note = models.CharField(_("环节说明"), max_length=40, blank=True)
    width = models.PositiveIntegerField(_("宽"), null=True)  # pixels, the right way up
    height = models.PositiveIntegerField(_("高"), null=True)
    taken_at = models.DateTimeField(_("拍摄时刻"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    lon = models.FloatField(_("经度"), null=True)
    datum = models.CharField(_("坐标系"), max_length=8, blank=True)
    uploaded_by = models.BigIntegerField(_("上传人"), null=True)
    uploaded_at = models.DateTimeField(_("上传时刻"))
    about_kind = models.CharField(_("所属种类"), max_length=30, blank=True)
    about_id = models.BigIntegerField(_("所属编号"), null=True)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["about_kind", "about_id", "sha256"],
                condition=Q(about_id__isnull=False),
                name="upload_once_per_thing",
            ),
            models.UniqueConstraint(
                fields=["uploaded_by", "sha256"],
                condition=Q(about_id__isnull=True, uploaded_by__isnull=False),
                name="upload_once_per_person",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id__isnull=True) | ~Q(about_kind="") & Q(about_id__isnull=False),
                name="upload_about_whole",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True, datum="")
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)) & ~Q(datum=""),
                name="upload_position_whole",
            ),
        ]

    def __str__(self):
        return self.original_name

    @property
    def is_photo(self) -> bool:
        """Has it a copy to show and a thumbnail?"""
        return self.kind == self.Kind.PHOTO

    @property
    def about(self) -> tuple[str, int] | None:
        """The thing it is about, as (kind, id)."""
        return (self.about_kind, self.about_id) if self.about_kind else None


class OriginalRead(models.Model):
    """原件查阅记录: somebody opened the sealed original of a photo. Written once, never changed."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="reads", verbose_name=_("附件"))
    person = models.BigIntegerField(_("查阅人"))
    at = models.DateTimeField(_("查阅时刻"))

    class Meta:
        verbose_name = _("原件查阅记录")
        verbose_name_plural = _("原件查阅记录")
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.upload_id} {self.person} {self.at:%Y-%m-%d %H:%M}"
