"""Persons told by name and not by number: 给予刘某诫勉处理 is one admonition, 对刘某、王某予以诫勉 are two."""

import re

from .numerals import Number
from .types import Typed

_ADMONITIONS = "admonitions"
_NAME = "[\u4e00-\u9fff](?:某{1,2}|[×*xX]{1,2})"
_NAMED = re.compile(
    rf"(?<!建议)(?<!建议.)(?<!建议..)(?P<names>{_NAME}(?:[、和及]{_NAME}){{0,9}})"
    r"(?:也|均|都|被|受到|予以|给予|进行|书面){0,3}诫勉(?:谈话|处理)?"
)
_ONE = re.compile(_NAME)


def named_persons(text: str, typed: list[Typed]) -> list[Typed]:
    """Admonitions of persons named one by one, where the text counts none: beside 诫勉3人 a name is an example of these."""
    if "诫勉" not in text or any(one.key == _ADMONITIONS for one in typed):
        return []
    told, found = set(), []
    for match in _NAMED.finditer(text):
        names = set(_ONE.findall(match["names"])) - told
        if names:
            told |= names
            number = Number(*match.span(), len(names), "", None, True, False)
            found.append(Typed(number, _ADMONITIONS, *match.span(), _sentence(text, match.start()), False))
    return found


def _sentence(text, at):
    return max(text.rfind(sign, 0, at) for sign in "。！？\n") + 1
