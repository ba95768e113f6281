"""整理: the text as rules read it, each character knowing where it stands in what a person sees.

In the prepared text everything is Simplified; digits, Latin letters, ``%`` and ``.`` are half-width; the marks of a
sentence (``，；：！？（）``) are full-width, but ``,`` and ``:`` between two digits stay half-width, so that ``1,234`` and
``18:00`` are one piece. Spaces beside a Chinese character are gone; paragraphs are parted by ``\\n``, the cells of a
row by ``\\t``. What is lost for good stands as U+FFFD.
"""

import re
from array import array

from msgspec import Struct

from .cuts import PINYIN, TONES, Draft
from .lines import FRONT_MATTER, clear
from .marks import WIDE, close_up, narrow, with_newlines, wrap_of
from .originals import Original
from .pages import ENTITY, body_of
from .script import script_of, simplified
from .slips import DAMAGE, mend

_UNUSUAL = re.compile(f"[{TONES}{WIDE}{DAMAGE}]")
_TONES, _WIDE = frozenset(TONES), frozenset(WIDE)
_WHOLE = _TONES | _WIDE  # of these none is a damage


class Repair(Struct, frozen=True):
    """更正: a slip of the encoding that was certain; the offsets are those of the original."""

    start: int
    end: int
    before: str
    after: str


class Prepared(Struct, frozen=True):
    """整理稿: what rules read, and the way back to the original."""

    original: Original
    text: str
    at: array
    script: str
    repairs: list[Repair]
    unreadable: list[tuple[int, int]]

    def span(self, start, end):
        """The piece of the original that a person sees for ``text[start:end]``, with the notes that belong to it."""
        at, seen = self.at, self.original.text
        if end <= start:
            return at[start], at[start]
        last = at[end - 1]
        entity = ENTITY.match(seen, last) if self.original.kind == "html" and seen[last] == "&" else None
        last = entity.end() if entity else last + 1
        note = PINYIN.match(seen, last) if seen[last : last + 1] in " \u3000(（" else None
        return at[start], note.end() if note and note.end() <= at[end] else last


def prepare(original):
    """Everything a rule should not have to know about is taken out of ``original``; nothing else is."""
    draft, wrapped_at = Draft(original.text), 0
    with_newlines(draft)
    draft.cut_beginning(FRONT_MATTER)
    if original.kind == "html":
        draft = body_of(draft)
    elif original.kind != "docx":
        wrapped_at = wrap_of(draft.text)
    toned, wide, damaged = _unusual(draft.text)
    repairs, unreadable = mend(draft) if toned or damaged else ([], [])
    if repairs:
        toned, wide, _damaged = _unusual(draft.text)
    close_up(draft, is_page=original.kind == "html", wrapped_at=wrapped_at, noted=toned)
    script = script_of(draft.text)
    if script != "simplified":
        draft.text = simplified(draft.text)
    draft.text = narrow(draft.text, is_wide=wide)
    clear(draft)
    return Prepared(original, draft.text, draft.at, script, [Repair(*each) for each in repairs], unreadable)


def _unusual(text):
    """Whether tone marks, full-width letters, damaged signs stand in the text: one look, and most texts have none."""
    found = frozenset(_UNUSUAL.findall(text))
    return not found.isdisjoint(_TONES), not found.isdisjoint(_WIDE), not found <= _WHOLE
