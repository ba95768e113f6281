"""公文文件: the words of a DOCX and of a PDF that has words, bounded against files made to harm."""

import io
import logging
import re
import zipfile
import zlib

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from pypdf import PdfReader

from .refusals import Unreadable, _

MOST_PARTS = 5000
LARGEST_BODY = 16 * 1024 * 1024  # bytes of XML after unpacking, about four million characters of text
MOST_PAGES = 200
LARGEST_PAGE = 2 * 1024 * 1024  # bytes of drawing instructions: a page full of text takes about 20,000
LONGEST = 2_000_000  # characters

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of broken files we say in one sentence

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ENDINGS = {"tab": "\t", "br": "\n", "cr": "\n", "tr": "\n", "tc": "\t", "noBreakHyphen": "-"}
PAGE_NUMBER = re.compile(r"(?:\A|\n)[ \u3000]*(?:[-—–][ \u3000]*)?\d{1,4}(?:[ \u3000]*[-—–])?[ \u3000]*\n?\Z")

BROKEN_DOCX = _("这个 DOCX 文件打不开：它损坏了，或者不是 Word 文档。")
BROKEN_PDF = _("这个 PDF 文件打不开：它损坏了，或者加了密码。")


def text_of_docx(given):
    """Paragraphs on lines, the cells of a row parted by tabs; what was deleted, fields and notes are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as packed:
            if len(packed.infolist()) > MOST_PARTS:
                raise Unreadable(_("这个压缩文件里的部件太多，不像是 Word 文档。"))
            with packed.open("word/document.xml") as part:
                body = part.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise Unreadable(_("这个 DOCX 文件解开后太大，没有读。"))
        text = "".join(_words(io.BytesIO(body)))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError) as error:
        raise Unreadable(BROKEN_DOCX) from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable(BROKEN_DOCX) from error
    if not text.strip():
        raise Unreadable(_("这个 DOCX 文件里没有文字。"))
    return text


def _words(body):
    cells = passed_over = 0
    for event, element in iterparse(body, events=("start", "end"), forbid_dtd=True):
        tag = element.tag
        if tag == _FALLBACK:
            passed_over += 1 if event == "start" else -1
        name = tag.removeprefix(_WORD)
        if name == "tc":
            cells += 1 if event == "start" else -1
        if event == "start":
            continue
        if not passed_over:
            if name == "t":
                yield element.text or ""
            elif name == "p":
                yield " " if cells else "\n"
            elif name in _ENDINGS and name != tag:
                yield _ENDINGS[name]
        element.clear()


def text_of_pdf(given):
    """The lines of every page as they stand; the page numbers are left out. What is no character becomes U+FFFD."""
    try:
        pages = PdfReader(io.BytesIO(given)).pages
        number = len(pages)
        if number > MOST_PAGES:
            raise Unreadable(_("这个 PDF 文件超过200页，没有读。"))
        text = _characters(_lines(pages))
    except Unreadable:
        raise
    except Exception as error:  # pypdf lets a dozen kinds of errors through on files that are not what they say
        raise Unreadable(BROKEN_PDF) from error
    if not text.strip():
        raise Unreadable(_("这个 PDF 里只有图像，没有文字（多半是扫描件）。请交原文，或先识别成文字。"))
    return text


def _characters(text):
    """The two halves of a rare character (𠀀), which pypdf gives apart, put together; half a one is U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _lines(pages):
    found, length = [], 0
    for page in pages:
        drawn = page.get_contents()
        if drawn is not None and len(drawn.get_data()) > LARGEST_PAGE:
            raise Unreadable(_("这个 PDF 里有一页太大，没有读。"))
        found.append(PAGE_NUMBER.sub("\n", page.extract_text()))
        length += len(found[-1])
        if length > LONGEST:
            raise Unreadable(_("这个 PDF 里的文字太多，没有读。"))
    return "\n".join(found)
