"""Who sees the file that a bulletin came in: whoever may read the bulletin."""

from duzhan.base.uploads.permissions import register

from .models import Bulletin
from .queries.seen import visible_to


def may_see(person, upload) -> bool:
    bulletin = Bulletin.objects.filter(pk=upload.about_id).select_related("operation").first()
    return bulletin is not None and visible_to(person, bulletin.operation).filter(pk=bulletin.pk).exists()


register("bulletin", may_see)
