import hashlib

from duzhan.base.errors import NotFound
from duzhan.base.uploads import permissions, store
from duzhan.base.uploads.models import Upload


def visible(upload_id, person) -> Upload:
    """The upload, if this person may see it. Raises NotFound, also for one that is there but not for them."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or not permissions.may_see(person, upload):
        raise NotFound()
    return upload


def about(kind: str, id: int) -> list[Upload]:
    """The photos and files about one thing, oldest first."""
    return list(Upload.objects.filter(about_kind=kind, about_id=id))


def twins(upload: Upload) -> list[Upload]:
    """Uploads elsewhere with the very same content: one photo offered as evidence twice."""
    return list(Upload.objects.filter(sha256=upload.sha256).exclude(pk=upload.pk))


def is_intact(upload: Upload) -> bool:
    """Is the original on disk, byte for byte what was taken in?"""
    try:
        with store.path_of(upload.sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == upload.sha256
    except OSError:
        return False
