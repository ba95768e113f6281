"""What the arithmetic completes: of 641 problems 602 are mended and 39 are left, whatever words the text has for it."""

import re

from msgspec.structs import replace

from .grammar import COUNTERS, OTHER

_WHOLE = {"problems_found", "problems_handed_over"}
_DONE = {"problems_rectified", "problems_closed"}
_LEFT = re.compile("[剩余另还尚没未]")
_NEXT = 5  # numbers looked at after the whole


def completed(text, typed):
    """The same figures; two that together make up the problems found before them, one said to be done or one to be left,
    are what is rectified and what is in progress. Nothing is concluded from a round number or a share named as 其中."""
    wholes = [k for k, one in enumerate(typed) if one.key in _WHOLE and not one.number.approx]
    told = list(typed) if wholes else typed
    for k in wholes:
        whole = typed[k]
        for j in range(k + 1, min(k + _NEXT, len(told) - 1)):
            if told[j].key in _WHOLE and not _described(text, told[j]):
                break
            i = next((i for i in range(j + 1, min(j + 3, len(told))) if told[i].number.unit != "%"), 0)
            if i and _makes_up(text, whole, told[j], told[i]):
                done, left = told[j], told[i]
                told[j] = replace(done, key=done.key if done.key in _DONE else "problems_rectified")
                told[i] = replace(left, key="problems_in_progress")
                break
    return told


def _described(text, one):
    """有了眉目的57处: told by a clause, so taken for a part of what was found."""
    return text[one.number.start - 1 : one.number.start] == "的"


def _makes_up(text, whole, done, left):
    if done.number.value + left.number.value != whole.number.value:
        return False
    if (
        done.key not in _DONE
        and done.key != OTHER
        and not _described(text, done)
        or left.key not in ("problems_in_progress", OTHER)
    ):
        return False
    if done.part or left.part or done.number.approx or left.number.approx:
        return False
    if len({COUNTERS.get(each.number.unit) for each in (whole, done, left)}) > 1:
        return False
    said = done.key in _DONE or left.key == "problems_in_progress"
    return said or bool(_LEFT.search(text, done.number.end, left.number.start))
