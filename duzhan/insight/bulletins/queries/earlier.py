"""前后对照: no cumulative figure of the same body falls from one text to the next without a reason."""

from dataclasses import dataclass

from ..kinds import CUMULATIVE, label_of
from .comparison import cut_off
from .seen import visible_to

MOST = 20  # earlier texts looked at


@dataclass(frozen=True)
class Fall:
    """A cumulative figure that is smaller than an earlier text of the same body said."""

    number: int
    figure: dict
    label: str
    before: object  # the earlier bulletin
    was: dict


def falls(bulletin, person) -> list[Fall]:
    """Figures that have fallen since the newest earlier text of the same body that stated them for the same scope."""
    if bulletin.body_id is None and not bulletin.is_ours:
        return []
    others = visible_to(person, bulletin.operation).filter(body=bulletin.body_id, is_ours=bulletin.is_ours)
    others = others.exclude(pk=bulletin.pk).select_related("operation").order_by("-taken_in_at")[:MOST]
    stated = sorted(
        ((at, key, other, figure) for other in others for key, (at, _number, figure) in _greatest(other).items()),
        key=lambda each: each[0],
    )
    found = []
    for key, (at, number, figure) in _greatest(bulletin).items():
        before = [(other, was) for then, told, other, was in stated if told == key and then < at]
        if before and figure["value"] < before[-1][1]["value"] and not figure["approx"] and not before[-1][1]["approx"]:
            found.append(Fall(number, figure, label_of(figure["type"]), *before[-1]))
    return found


def _greatest(bulletin) -> dict:
    """Of each kind and scope the whole, {(kind, scope): (instant, number, figure)}: parts of it are smaller."""
    found = {}
    for number, figure in bulletin.standing:
        key, at = (figure["type"], figure["scope"]), cut_off(bulletin, figure)
        if figure["type"] in CUMULATIVE and at and (key not in found or found[key][2]["value"] < figure["value"]):
            found[key] = (at, number, figure)
    return found
