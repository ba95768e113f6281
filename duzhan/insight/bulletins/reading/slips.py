"""错码: where a byte was lost, GBK pairs the bytes that follow wrongly until the next ASCII character.

Put one byte further along they read again, all but the character at either end, of which half is gone. A stretch is
put right only when it is made of rare characters as it stands and of common ones when shifted; its two ends, and
whatever is damaged otherwise, is called unreadable and stands as U+FFFD.
"""

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate

from .common_characters import common_ones
from .cuts import SYLLABLE, TONE

LOST = "\ufffd"
DAMAGE = "?\ufffd\ue000-\uf8ff"
DAMAGED = re.compile(f"[{DAMAGE}]")
STRETCH = re.compile("[^\x00-\x7f\ufffd\U00010000-\U0010ffff]{2,}")
PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]+")
# 称钒踩O(jiān): a reading behind a letter, or the end of one behind a question mark, shows that a character is gone.
SIGN = re.compile(rf"[?A-Za-z](?:(?<=\?)|(?<!\?)[(（]){SYLLABLE}[)）]")
BETWEEN = re.compile("[\u3400-\u9fff]{0,10}")  # what may stand between two signs of one damaged place
LEAST_GAIN = 3  # common characters won by shifting
SURE = 0.9  # of the shifted characters are common


def mend(draft):
    """The repairs made, as (start, end, before, after), and what stays unreadable, both in places of the original."""
    text = draft.text
    signs = [match.span() for match in SIGN.finditer(text) if TONE.search(match.group())] if TONE.search(text) else []
    if not signs and not DAMAGED.search(text):
        return [], []
    changes = _shifts(text, signs)
    covered = [(start, end) for start, end, _ in changes]
    lost = [(start, end, LOST) for start, end in _lost(text, signs, covered)]
    at = draft.at
    repairs = [(at[start], at[end - 1] + 1, text[start:end], after) for start, end, after in changes]
    unreadable = [(at[start], at[end - 1] + 1) for start, end, _ in lost]
    for start, end, after in changes:
        unreadable += [(at[k], at[k] + 1) for k, c in ((start, after[0]), (end - 1, after[-1])) if c == LOST]
    draft.replace(sorted(changes + lost))
    return repairs, sorted(unreadable)


def _lost(text, signs, covered):
    """Places where something else than what was written stands for certain, those put right apart."""
    joined = []
    for start, end in sorted(signs + [match.span() for match in PRIVATE.finditer(text)]):
        nearest = bisect_left(covered, (end,)) - 1
        if nearest >= 0 and covered[nearest][1] > start:
            continue
        if joined and BETWEEN.fullmatch(text, joined[-1][1], max(start, joined[-1][1])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _shifts(text, signs):
    """(start, end, after) for each stretch that reads when its bytes are paired anew."""
    changes = []
    opens, ends = {end: start for start, end in signs}, {start for start, _ in signs}
    for match in STRETCH.finditer(text):
        start, end = match.span()
        before = opens.get(start, start - 1 if text[start - 1 : start] in ("?", LOST) else start)
        behind = end + (end in ends or text[end : end + 1] in ("?", LOST))
        if before == start and behind == end and not PRIVATE.search(match.group()):
            continue
        window = _window(match.group(), text[end : end + 1], anchored=before < start and behind > end)
        if window:
            first, last, after = window
            first = before if first == 0 else start + first
            last = behind if last == end - start else start + last
            changes.append((first, last, after))
    return changes


def _window(stretch, following, *, anchored):
    """(start, end, characters) of the part that gains most by being shifted, or None where none gains surely.

    ``anchored``: damage shows on both sides, so that it is the whole stretch or nothing.
    """
    pairs = stretch.encode("gb18030")
    if len(pairs) != 2 * len(stretch):
        return None
    is_common = common_ones().__contains__
    shifted = [_character(pairs[k : k + 2]) for k in range(1, len(pairs) - 1, 2)]
    last = _character(pairs[-1:] + following.encode("ascii")) if "@" <= following <= "~" else LOST
    last = last if is_common(last) else LOST
    read = [is_common(c) for c in shifted]
    stood = [is_common(c) for c in stretch]
    if anchored and all(read) and sum(read) + (last != LOST) > sum(stood[:-1]) + 0.5 * stood[-1]:
        return 0, len(stretch), LOST + "".join(shifted) + last
    gains = [a - b - (not a and not b) for a, b in zip(read, stood, strict=False)]
    start, end = _greatest(gains)
    if sum(gains[start:end]) < LEAST_GAIN or sum(read[start:end]) < SURE * (end - start):
        return None
    return start, end + 1, LOST + "".join(shifted[start:end]) + (last if end == len(read) else LOST)


@lru_cache(maxsize=1 << 16)  # as many as there are
def _character(pair):
    """The one character these two bytes are, or U+FFFD."""
    found = pair.decode("gb18030", "replace")
    return found if len(found) == 1 else LOST


def _greatest(gains):
    """The longest slice with the greatest sum."""
    sums = [0, *accumulate(gains)]
    low, best = 0, (0, 0, 0)
    for end, total in enumerate(sums):
        if total < sums[low]:
            low = end
        best = max(best, (total - sums[low], end - low, low))
    return best[2], best[2] + best[1]
