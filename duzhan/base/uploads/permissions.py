"""Who may see an upload: whoever may see the thing it is about, and the app that owns the thing says who."""

from collections.abc import Callable
from dataclasses import dataclass


def nobody(person, upload) -> bool:
    """The answer of a thing that says nothing about its originals."""
    return False


@dataclass(frozen=True)
class Door:
    """What the owner of a kind of thing answers about the uploads of one of them."""

    may_see: Callable
    may_see_original: Callable = nobody

    @property
    def owner(self) -> tuple[str, str]:
        """Where it is written; a module that is read a second time is still the same owner."""
        return self.may_see.__module__, self.may_see.__qualname__


_doors: dict[str, Door] = {}


def register(about_kind: str, may_see: Callable, may_see_original: Callable = nobody) -> None:
    """Say who sees the uploads about a kind of thing; called once, by the app that owns it, when it is ready.

    Both are `(person, upload) -> bool`. `may_see` is for the shown copy, the thumbnail and files;
    `may_see_original` for the sealed original of a photo, with what the camera wrote into it.
    Raises ValueError if another door stands there already.
    """
    door = Door(may_see, may_see_original)
    if _doors.setdefault(about_kind, door).owner != door.owner:
        raise ValueError(f"two apps say who may see uploads about {about_kind!r}")
    _doors[about_kind] = door


def may_see(person, upload) -> bool:
    """May this person see the copy that is shown? One that is about nothing yet: only who uploaded it."""
    if upload.about is None:
        return upload.uploaded_by is not None and upload.uploaded_by == person.pk
    door = _doors.get(upload.about_kind)
    return door is not None and bool(door.may_see(person, upload))


def may_see_original(person, upload) -> bool:
    """May this person open the sealed original?"""
    door = _doors.get(upload.about_kind)
    return door is not None and may_see(person, upload) and bool(door.may_see_original(person, upload))
