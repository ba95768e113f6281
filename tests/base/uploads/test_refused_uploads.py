"""What is refused leaves nothing behind; names are cleaned."""

import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile

from duzhan.base.errors import BadInput, Refused
from duzhan.base.uploads import actions, store
from duzhan.base.uploads.models import Upload
from tests.base.uploads import made_files as made
from tests.base.uploads.made_files import on_disk

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!DOCTYPE html><html><body onload=alert(1)></body></html>"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100


def refusals():
    jpeg, png, noisy = made.encoded(), made.encoded(format="PNG"), made.encoded(made.noise((400, 300)))
    noisy_png = made.encoded(made.noise((400, 300)), "PNG")
    yield "nothing", b"", "a.jpg", "空的"
    yield "SVG with a script", SVG, "a.svg", "SVG"
    yield "SVG called a photo", SVG, "a.jpg", "SVG"
    yield "SVG after an XML head", b'<?xml version="1.0"?>\n<!-- x -->\n' + SVG, "a.png", "SVG"
    yield "SVG in UTF-16", SVG.decode().encode("utf-16"), "a.jpg", "SVG"
    yield "a page", PAGE, "a.html", "网页"
    yield "a page after blanks", b"\xef\xbb\xbf \n\t" + PAGE, "a.pdf", "网页"
    yield "a page after words", b"Hello <script>alert(1)</script>", "a.txt", "网页"
    yield "a Windows program", b"MZ" + b"\0" * 200, "a.jpg", "可执行"
    yield "a Linux program", b"\x7fELF" + b"\0" * 200, "a.pdf", "可执行"
    yield "a shell script", b"#!/bin/sh\nrm -rf /\n", "a.jpg", "可执行"
    yield "an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "旧版"
    yield "a GIF", made.encoded(made.picture(mode="P"), "GIF"), "a.gif", "GIF"
    yield "a BMP", made.encoded(format="BMP"), "a.bmp", "BMP"
    yield "plain text", "台账".encode(), "a.txt", "不认识"
    yield "HEIC", HEIC, "a.heic", "HEIC.*JPEG"
    yield "JPEG called PNG", jpeg, "a.png", "扩展名.*JPEG"
    yield "PNG called JPEG", png, "a.jpg", "扩展名.*PNG"
    yield "JPEG called a program", jpeg, "a.exe", "扩展名"
    yield "JPEG called a page", jpeg, "a.jpg.html", "扩展名"
    yield "PDF called DOCX", made.PDF, "a.docx", "扩展名.*PDF"
    yield "DOCX called XLSX", made.docx(), "a.xlsx", "扩展名.*DOCX"
    yield "JPEG cut in the middle", noisy[: len(noisy) // 2], "a.jpg", "损坏"
    yield "JPEG cut near its end", noisy[:-2000], "a.jpg", "损坏"
    yield "JPEG cut after its head", noisy[:300], "a.jpg", "损坏"
    yield "three bytes of JPEG", b"\xff\xd8\xff", "a.jpg", "损坏"
    yield "PNG cut in the middle", noisy_png[: len(noisy_png) // 2], "a.png", "损坏"
    yield "PNG with a wrong checksum", noisy_png[:-200] + b"\0" * 200, "a.png", "损坏"
    yield "WebP cut", made.encoded(made.noise((400, 300)), "WEBP")[:5000], "a.webp", "损坏"
    yield "a hundred million pixels", made.huge_png(), "a.png", "像素太多"
    yield "more pixels than memory", made.png_claiming(60_000, 60_000), "a.png", "像素太多"
    yield "JPEG and ZIP at once", jpeg + made.zipped({"run.js": "alert(1)"}), "a.jpg", "压缩包"
    yield "PNG and ZIP at once", png + made.docx(), "a.png", "压缩包"
    yield "PDF and ZIP at once", made.PDF + made.zipped({"a": "b"}), "a.pdf", "压缩包"
    yield "JPEG and page at once", made.encoded(comment=PAGE), "a.jpg", "网页代码"
    yield "PDF and page at once", made.PDF[:9] + PAGE + made.PDF[9:], "a.pdf", "网页代码"
    yield "PDF cut", made.PDF[:-10], "a.pdf", "PDF.*不完整"
    yield from archives()


def archives():
    yield "any ZIP", made.zipped({"a.txt": "x"}), "a.zip", "压缩包不能上传"
    yield "any ZIP called DOCX", made.zipped({"a.txt": "x"}), "a.docx", "压缩包不能上传"
    yield "an empty ZIP called DOCX", made.zipped({}), "a.docx", "不认识"
    yield "DOCX and XLSX at once", made.docx_with({"xl/workbook.xml": "<w/>"}), "a.docx", "压缩包不能上传"
    yield "DOCX cut", made.docx()[:-30], "a.docx", "损坏"
    yield "DOCX with a bad byte", made.docx().replace(b"PK\x01\x02", b"PK\x01\x03", 1), "a.docx", "损坏"
    yield "a bomb of zeros", made.docx_with({"word/media.bin": b"\0" * 20_000_000}), "a.docx", "炸弹"
    yield (
        "a bomb of sizes",
        made.docx_with({f"word/m{n}": b"\0" * 30_000_000 for n in range(7)}),
        "a.docx",
        "炸弹",
    )
    yield "a bomb of shared bodies", made.overlapping_docx(), "a.docx", "重叠"
    yield "a lying header", made.lying_docx(), "a.docx", "损坏"
    yield "too many parts", made.docx_with({f"word/{n}.xml": "" for n in range(5_000)}), "a.docx", "部件太多"
    yield "a way out of the archive", made.docx_with({"../../etc/cron.d/x": "x"}), "a.docx", "路径"
    yield "a path from the root", made.docx_with({"/etc/passwd": "x"}), "a.docx", "路径"
    yield "a Windows path", made.docx_with({"C:/x": "x"}), "a.docx", "路径"
    yield "a backslash", made.docx_with({"word\\..\\x": "x"}), "a.docx", "路径"
    yield "one name twice", made.docx_with({"WORD/document.xml": "<x/>"}), "a.docx", "路径"
    yield "a macro", made.docx_with({"word/vbaProject.bin": "x"}), "a.docx", "宏"
    yield "a program inside", made.docx_with({"word/embeddings/setup.EXE": "MZ"}), "a.docx", "宏或程序"
    yield "a password", made.encrypted_docx(), "a.docx", "加了密"
    yield "another packing", lzma_docx(), "a.docx", "压缩方式"
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    yield "entities", made.docx_with({"word/styles.xml": entity}), "a.docx", "实体声明"
    yield (
        "entities in UTF-16",
        made.docx_with({"word/styles.xml": entity.encode("utf-16")}),
        "a.docx",
        "实体声明",
    )


def lzma_docx():
    entries = {"[Content_Types].xml": made.DOCUMENT_TYPES, "word/document.xml": "<w:document/>"}
    return made.zipped(entries, zipfile.ZIP_LZMA)


REFUSED = {label: rest for label, *rest in refusals()}


@pytest.mark.parametrize(("content", "name", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing_behind(finder, own_uploads, content, name, sentence):
    with pytest.raises(BadInput, match=sentence) as refusal:
        actions.receive(made.sent(content, name), by=finder)
    assert refusal.value.details["field"] == "file"
    assert str(refusal.value).endswith("。")
    assert on_disk(own_uploads / "uploads") == []
    assert not Upload.objects.exists()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_pixels_are_counted_where_pillow_only_warns(finder, own_uploads):
    with pytest.raises(BadInput, match="像素太多"):
        actions.receive(made.sent(made.huge_png(), "a.png"), by=finder)
    assert on_disk(own_uploads / "uploads") == []


class Endless:
    """A body that never ends, and that counts how much of it was wanted."""

    name = "a.jpg"

    def __init__(self):
        self.given = 0

    def read(self, size):
        self.given += size
        return b"\xff\xd8\xff" + b"x" * (size - 3)


def test_an_endless_file_is_cut_off_at_the_limit(settings, finder, own_uploads):
    settings.DUZHAN_MAX_UPLOAD_BYTES = 1_048_576
    endless = Endless()
    with pytest.raises(BadInput, match="超过 1 MB"):
        actions.receive(endless, by=finder)
    assert endless.given <= 1_048_576 + store.PIECE
    assert on_disk(own_uploads / "uploads") == []


def test_a_file_that_says_it_is_too_large_is_not_even_read(settings, finder):
    settings.DUZHAN_MAX_UPLOAD_BYTES = 1_048_576
    endless = Endless()
    endless.size = 1_048_577
    with pytest.raises(BadInput, match="超过 1 MB"):
        actions.receive(endless, by=finder)
    assert endless.given == 0


def test_a_file_of_exactly_the_limit_is_taken_in(settings, finder):
    content = made.encoded()
    settings.DUZHAN_MAX_UPLOAD_BYTES = len(content)
    assert actions.receive(made.sent(content), by=finder).size == len(content)
    settings.DUZHAN_MAX_UPLOAD_BYTES = len(content) - 1
    with pytest.raises(BadInput, match="上限"):
        actions.receive(made.sent(content), by=finder)


def test_a_note_too_long_is_refused(finder):
    with pytest.raises(BadInput, match="40") as refusal:
        actions.receive(made.sent(made.encoded()), by=finder, stage_note="字" * 41)
    assert refusal.value.details["field"] == "stage_note"


def test_a_disk_that_cannot_be_written_to_is_answered_with_a_sentence(finder, own_uploads):
    (own_uploads / "uploads").write_text("")  # a file where the folder should be
    with pytest.raises(Refused, match="磁盘"):
        actions.receive(made.sent(made.encoded()), by=finder)
    assert not Upload.objects.exists()


# -------------------------------------------------------------------------------------------------- names

NAMES = {
    "../../x.jpg": "x.jpg",
    "..\\..\\x.jpg": "x.jpg",
    "C:\\Users\\甲\\门岗.JPG": "门岗.jpg",
    "/etc/passwd": "passwd.jpg",
    "a\x00b\r\nc.jpg": "abc.jpg",
    "附件\u202egpj.exe.jpg": "附件gpj.exe.jpg",
    "zero\u200bwidth.jpg": "zerowidth.jpg",
    'a"b<c>d|e?f*g:h.jpg': "a_b_c_d_e_f_g_h.jpg",
    "...jpg": "附件.jpg",
    ".jpg": "附件.jpg",
    "": "附件.jpg",
    None: "附件.jpg",
    "blob": "blob.jpg",
    "照片 3.5": "照片 3.5.jpg",
    "渝北区.双龙湖街道": "渝北区.双龙湖街道.jpg",
    " 门 岗 . jpg": "门 岗 . jpg.jpg",
    "长" * 300 + ".jpg": "长" * 116 + ".jpg",
    "e\u0301.jpg": "é.jpg",
    "\ud800x.jpg": "x.jpg",
}


@pytest.mark.parametrize(("name", "cleaned"), NAMES.items(), ids=map(repr, NAMES))
def test_a_name_is_cleaned(finder, name, cleaned):
    file = ContentFile(made.encoded())
    file.name = name
    upload = actions.receive(file, by=finder)
    assert Upload.objects.get(pk=upload.pk).original_name == cleaned
