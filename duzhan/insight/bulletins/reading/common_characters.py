"""常用字: the characters that make up nearly every Chinese text; what is not made of them was decoded wrongly.

GB 2312 orders its characters by use: the 3,755 of its first level (rows 16 to 55) cover more than 99 per cent of
running text. With them their Traditional forms and the marks of a sentence.
"""

import re
from functools import cache

from opencc import OpenCC

MARKS = "\u3000、。·—…‘’“”〔〕〈〉《》「」『』【】（），．：；！？％～０１２３４５６７８９"


@cache
def first_level():
    """The characters of GB 2312's first level, and how Traditional text writes them."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    simplified = b"".join(rows).decode("gb2312", "ignore")
    return frozenset(simplified + "".join(OpenCC(f"s2{way}").convert(simplified) for way in ("t", "tw", "hk")))


@cache
def common_ones():
    return first_level() | frozenset(MARKS)


@cache
def common():
    """Finds a common character or mark."""
    return re.compile("[" + "".join(map(re.escape, sorted(common_ones()))) + "]")
