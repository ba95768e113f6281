"""编码: which encoding a text came in, told by whether it reads as Chinese.

charset-normalizer 3.5 was measured on the corpus written in other encodings: it names every whole text rightly, but
one of 112 GBK texts that had lost three bytes, and these are the ones that come. So each encoding in use is tried,
and the one under which most characters are common ones is taken.
"""

import re

from .common_characters import common

BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
META = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
SAID = {
    b"gb2312": "gb18030",
    b"gbk": "gb18030",
    b"gb18030": "gb18030",
    b"big5": "big5hkscs",
    b"big5-hkscs": "big5hkscs",
    b"utf-8": "utf-8",
    b"utf8": "utf-8",
}
CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
CONTROLS = (*range(9), *range(14, 32))  # the same as bytes
OUTSIDE_ASCII = re.compile("[^\x00-\x7f]")
SAMPLE = 6000  # bytes looked at
POOREST = 0.55  # wrongly decoded Chinese is common characters by chance: four in ten
SAID_COUNTS = 0.05
FEW = 20  # one character lost in twenty: other encodings read as UTF-8 lose nearly every one


def decoded(given):
    """(text, encoding) of these bytes; (None, None) when they are no text. Bytes that fit nowhere become U+FFFD."""
    for mark, encoding in BOMS:
        if given.startswith(mark):
            text = given[len(mark) :].decode(encoding, "replace")
            return (text, encoding) if not _is_binary(text) else (None, None)
    if b"\x00" not in given:
        try:
            text = given.decode("utf-8")
            suspect = any(map(given.__contains__, CONTROLS))  # sooner told of bytes
            return (text, "utf-8") if not suspect or not _is_binary(text) else (None, None)
        except UnicodeDecodeError:
            text = given.decode("utf-8", "replace")
        if text.count("\ufffd") * FEW < len(OUTSIDE_ASCII.findall(text)) and not _is_binary(text):
            return text, "utf-8"
    encoding = _likeliest(given)
    return (given.decode(encoding, "replace"), encoding) if encoding else (None, None)


def _likeliest(given):
    said = META.search(given, 0, 4096)
    said = SAID.get(said[1].lower()) if said else None
    sample = given[:SAMPLE]
    names = (
        ("utf-16-le", "utf-16-be") if b"\x00" in sample else ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
    )
    best, encoding = max((_reads(sample, name) + SAID_COUNTS * (name == said), name) for name in names)
    return encoding if best >= POOREST else None


def _reads(sample, encoding):
    """How much of the sample reads as Chinese under this encoding, from 0 to 1."""
    text = sample.decode(encoding, "replace")
    if _is_binary(text):
        return 0.0
    foreign = len(OUTSIDE_ASCII.findall(text))
    return len(common().findall(text)) / foreign if foreign else float("utf-16" not in encoding or "\n" in text)


def _is_binary(text):
    """Whether control characters stand where text has none."""
    head = text[:SAMPLE]
    return len(CONTROL.findall(head)) > 0.01 * len(head)
