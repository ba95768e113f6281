"""简繁: Traditional into Simplified, character for character, so that places keep."""

import re
from functools import cache
from itertools import islice

from opencc import OpenCC


@cache
def _converter():
    return OpenCC("t2s")


@cache
def _signs():
    """Finds characters that only Traditional text writes; finds those that only Simplified text writes."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    to_simplified = _converter().convert("\n".join(every)).split("\n")
    to_traditional = OpenCC("s2t").convert("\n".join(every)).split("\n")
    old = {a for a, b in zip(every, to_simplified, strict=True) if a != b}
    new = {a for a, b in zip(every, to_traditional, strict=True) if a != b}
    return tuple(re.compile("[" + "".join(sorted(signs)) + "]") for signs in (old - new, new - old))


def script_of(text):
    """``simplified``, ``traditional`` or ``mixed``: by the characters that only one of the two writes."""
    traditional, simplified = _signs()
    if not traditional.search(text):
        return "simplified"
    new = len(simplified.findall(text))
    old = sum(1 for _sign in islice(traditional.finditer(text), 3 * new + 1))  # counted as far as it makes a difference
    if old <= 0.03 * (old + new):
        return "simplified"
    return "traditional" if new <= 0.25 * (old + new) else "mixed"


def simplified(text):
    """The text in Simplified characters, each in the place of its Traditional one (phrases decide: 乾燥, 乾隆)."""
    whole = _converter().convert(text)
    if len(whole) == len(text):
        return whole
    lines = text.split("\n")
    return "\n".join(_one_line(line) for line in lines)


def _one_line(line):
    converted = _converter().convert(line)
    return converted if len(converted) == len(line) else "".join(_one_character(c) for c in line)


@cache
def _one_character(character):
    converted = _converter().convert(character)
    return converted if len(converted) == 1 else character
