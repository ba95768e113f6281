"""Who sees the photos and files about a visit: whoever sees the visit."""

from duzhan.base.uploads.permissions import register

from .queries import visits_visible_to


def may_see(person, upload) -> bool:
    return visits_visible_to(person).filter(pk=upload.about_id).exists()


register("visit", may_see)
