"""Who sees the photos and files about a problem: whoever sees the problem; the sealed originals, discipline posts."""

from duzhan.base.uploads.permissions import register
from duzhan.people.models import Role

from .queries import visible_to


def may_see(person, upload) -> bool:
    return visible_to(person).filter(pk=upload.about_id).exists()


def may_see_original(person, upload) -> bool:
    return any(post.role == Role.DISCIPLINE for post in person.hats())


register("problem", may_see, may_see_original)
