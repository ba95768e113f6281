"""简繁: Traditional into Simplified, character for character, so that places keep."""

from functools import cache

from opencc import OpenCC


@cache
def _converter():
    return OpenCC("t2s")


@cache
def _signs():
    """Characters that only Traditional text writes, and characters that only Simplified text writes."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    to_simplified = _converter().convert("\n".join(every)).split("\n")
    to_traditional = OpenCC("s2t").convert("\n".join(every)).split("\n")
    traditional = frozenset(a for a, b in zip(every, to_simplified, strict=True) if a != b)
    simplified = frozenset(a for a, b in zip(every, to_traditional, strict=True) if a != b)
    return traditional - simplified, simplified - traditional


def script_of(text):
    """``simplified``, ``traditional`` or ``mixed``: by the different characters that only one of the two writes."""
    traditional, simplified = _signs()
    seen = set(text)
    old, new = len(seen & traditional), len(seen & simplified)
    if old <= 0.05 * (old + new):
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
