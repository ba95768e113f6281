"""A packet: the whole story of some subjects with its proofs, to be checked outside by `proof.py` alone."""

from bisect import bisect_left

from . import proof
from .models import Entry, Event, Seal
from .queries import story


def packet(subjects) -> dict:
    """The events of the subjects, the seals over them and each event's path to its seal's root."""
    stories = [list(story(subject).select_related("entry")) for subject in subjects]
    seals = list(Seal.objects.order_by("number"))
    proofs, trees = {}, {}
    for event in (event for events in stories for event in events):
        seal = _seal_over(event, seals)
        if seal is not None:
            if seal.number not in trees:
                trees[seal.number] = _digests(seal)
            proofs[str(event.id)] = [
                seal.number,
                proof.merkle_path(trees[seal.number], event.entry.position - seal.first),
            ]
    return {
        "subjects": [[{**event.content(), "digest": event.digest} for event in events] for events in stories],
        "seals": [{**seal.content(), "digest": seal.digest} for seal in seals],
        "proofs": proofs,
    }


def _seal_over(event, seals):
    try:
        position = event.entry.position
    except Event.entry.RelatedObjectDoesNotExist:
        return None
    index = bisect_left(seals, position, key=lambda seal: seal.last)
    return seals[index] if index < len(seals) else None


def _digests(seal):
    covered = Entry.objects.filter(position__range=(seal.first, seal.last)).order_by("position")
    return list(covered.values_list("digest", flat=True))
