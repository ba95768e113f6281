"""来文: what came in, as a person sees it."""

import re

from msgspec import Struct

from .documents import text_of_docx, text_of_pdf
from .encodings import decoded
from .refusals import Unreadable, _

LARGEST_TEXT = 5 * 1024 * 1024  # bytes: more than any bulletin, a year of them perhaps
LARGEST_DOCUMENT = 20 * 1024 * 1024  # bytes: a DOCX or PDF brings its pictures along
PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|br|table|span|meta|td|ul|li|nav|section|article|form|center|h[1-6])\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
# What a file begins with when it is something else, and what to do then.
OTHERS = (
    (b"\xd0\xcf\x11\xe0", _("这是旧版的 .doc 或 .wps 文件，请另存为 .docx 再交。")),
    (b"{\\rtf", _("这是 RTF 文件，请另存为 .docx 再交。")),
    (b"\x89PNG", _("这是图片，没有可读的文字。请交原文，或先识别成文字。")),
    (b"\xff\xd8\xff", _("这是图片，没有可读的文字。请交原文，或先识别成文字。")),
)


class Original(Struct, frozen=True):
    """原文: the decoded text before anything is taken out; every offset counts its characters.

    Of a DOCX or PDF the text as it was laid out; ``encoding`` is then empty. ``kind`` is html, text, docx or pdf.
    """

    text: str
    encoding: str
    kind: str


def take_in(given, *, name=""):
    """The text of a file as a person sees it. Raises Unreadable when it is empty, too large, binary or harmful."""
    if not given.strip(b"\x00 \t\r\n"):
        raise Unreadable(_("文件是空的，没有可读的文字。"))
    for beginning, sentence in OTHERS:
        if given.startswith(beginning):
            raise Unreadable(sentence)
    for beginning, kind, text_of in ((b"PK\x03\x04", "docx", text_of_docx), (b"%PDF-", "pdf", text_of_pdf)):
        if given.startswith(beginning):
            _not_larger(given, LARGEST_DOCUMENT)
            return Original(text_of(given), "", kind)
    _not_larger(given, LARGEST_TEXT)
    text, encoding = decoded(given)
    if text is None:
        raise Unreadable(_("这不是文字文件，或所用编码认不出来。"))
    is_page = PAGE.search(text) or name.lower().endswith((".htm", ".html"))
    return Original(text, encoding, "html" if is_page else "text")


def _not_larger(given, most):
    if len(given) > most:
        raise Unreadable(_("文件太大：文字最多5兆字节，DOCX 和 PDF 最多20兆字节。"))
