"""来文: what came in, as a person sees it."""

import re
from dataclasses import dataclass

from .encodings import decoded

LARGEST = 10 * 1024 * 1024
PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|br|table|span|meta|td|li|h[1-6])\b[^<>]{0,2000}>", re.IGNORECASE
)


def _(sentence):
    """Marks a sentence for translation; whoever shows it translates it."""
    return sentence


class Unreadable(Exception):
    """读不了: a finished sentence for a person."""


@dataclass(frozen=True)
class Original:
    """原文: the decoded text before anything is taken out; every offset counts its characters."""

    text: str
    encoding: str
    kind: str


def take_in(given, *, name=""):
    """The text of a file as a person sees it. Refuses what is empty, binary or too large, saying so."""
    if not given.strip(b"\x00 \t\r\n"):
        raise Unreadable(_("文件是空的，没有可读的文字。"))
    if len(given) > LARGEST:
        raise Unreadable(_("文件太大：最多读10兆字节。"))
    text, encoding = decoded(given)
    if text is None:
        raise Unreadable(_("这不是文字文件，或所用编码认不出来。"))
    return Original(text, encoding, "html" if PAGE.search(text) else "text")
