"""DOCX and PDF: their words come out; what is broken, hostile or without words is refused in a sentence."""

import io
import struct
import zipfile
import zlib

import pytest

from duzhan.insight.bulletins.reading.documents import LARGEST_BODY, MOST_PAGES, MOST_PARTS
from duzhan.insight.bulletins.reading.originals import LARGEST_DOCUMENT, LARGEST_TEXT, take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.refusals import Unreadable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body, *, parts=()):
    """A Word file with this body, as small as Word allows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name in parts:
            archive.writestr(name, "")
    return packed.getvalue()


def paragraph(*runs):
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def pdf(*pages):
    """A PDF whose pages show these lines in a font that says which characters they are."""
    meaning = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def 1 begincodespacerange"
        " <0000> <ffff> endcodespacerange 1 beginbfrange <0000> <fffd> <0000> endbfrange endcmap end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{6 + 2 * k} 0 R' for k in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Registry (A) /Ordering (I)"
        " /Supplement 0 >> /DW 1000 >>",
        f"<< /Length {len(meaning)} >>\nstream\n{meaning}\nendstream",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T* " for line in lines)
        drawn = f"BT /F1 12 Tf 20 TL 72 770 Td {shown}ET" if lines else "0 0 100 100 re f"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    written, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = (
        f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>"
    )
    return written + f"{trailer}\nstartxref\n{len(written)}\n%%EOF\n".encode()


def refusal(given, **how):
    with pytest.raises(Unreadable) as caught:
        take_in(given, **how)
    return str(caught.value)


def test_a_word_file_gives_its_paragraphs_with_numbers_split_over_runs():
    original = take_in(docx(paragraph("共检查点位3", "206", "个，") + paragraph("发现问题846个。")))
    assert (original.kind, original.encoding) == ("docx", "")
    assert original.text == "共检查点位3206个，\n发现问题846个。\n"


def test_a_table_of_a_word_file_is_rows_of_cells():
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("城东街道", "12", "3"))
    original = take_in(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + paragraph("完")))
    assert prepare(original).text == "城东街道\t12\t3\n完"


def test_what_was_deleted_and_the_second_form_of_a_drawing_are_left_out():
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (
        "<w:p><w:del><w:r><w:delText>检查99处</w:delText></w:r></w:del><w:r><w:t>检查5处</w:t></w:r>"
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Fallback><w:r><w:t>检查5处</w:t></w:r></mc:Fallback>'
        "</mc:AlternateContent><w:r><w:instrText>PAGE 7</w:instrText></w:r></w:p>"
    )
    assert take_in(docx(body)).text.strip() == "检查5处"


def test_a_pdf_gives_its_lines_without_page_numbers():
    original = take_in(pdf(["督导简报", "共检查点位3206个。", "— 1 —"], ["发现问题846个。", "2"]))
    assert original.kind == "pdf"
    assert prepare(original).text == "督导简报\n共检查点位3206个。\n发现问题846个。"


def test_rare_characters_of_a_pdf_are_whole_and_half_of_one_is_lost():
    assert take_in(pdf(["督导𠀀简报"])).text.strip() == "督导𠀀简报"
    torn = pdf(["督导𠀀简报"]).replace(
        "𠀀".encode("utf-16-be").hex().encode(), "\ud886".encode("utf-16-be", "surrogatepass").hex().encode() * 2
    )
    assert take_in(torn).text.strip() == "督导\ufffd\ufffd简报"


def test_a_scanned_pdf_says_that_it_has_no_words():
    assert "扫描件" in refusal(pdf([]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "空的"),
        (b" \r\n\t", "空的"),
        (b"\x00" * 100, "空的"),
        (bytes(range(256)) * 40, "不是文字文件"),
        (b"\x7fELF\x02\x01\x01\x00" + bytes(range(200)) * 9, "不是文字文件"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "图片"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 50, ".docx"),
        (b"{\\rtf1\\ansi 12}", ".docx"),
        (b"PK\x03\x04" + b"\x00" * 100, "打不开"),
        (b"%PDF-1.7\nnothing", "打不开"),
        (docx(""), "没有文字"),
        (docx("<w:p>"), "打不开"),
        (docx("&lol;"), "打不开"),
    ],
    ids="empty blank zeros binary elf picture old-word rtf broken-zip broken-pdf no-words broken-xml entity".split(),
)
def test_what_has_no_text_is_refused_in_a_sentence(given, said):
    assert said in refusal(given)


def test_a_workbook_is_not_a_word_file():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "打不开" in refusal(packed.getvalue())


def test_a_text_of_fifty_megabytes_is_refused():
    assert "太大" in refusal(b"1" * (50 * 1024 * 1024))
    assert "太大" in refusal(b"1" * (LARGEST_TEXT + 1))
    assert "太大" in refusal(b"PK\x03\x04" + b"1" * LARGEST_DOCUMENT)


def test_a_word_file_that_unpacks_without_end_is_refused():
    assert "太大" in refusal(docx(paragraph("1" * (LARGEST_BODY + 10))))


def test_a_word_file_that_lies_about_its_size_is_refused():
    given = bytearray(docx(paragraph("1" * (2 * LARGEST_BODY))))
    entry = given.rindex(b"word/document.xml") - 46
    struct.pack_into("<I", given, entry + 24, 100)
    assert refusal(bytes(given))


def test_a_word_file_of_very_many_parts_is_refused():
    assert "部件太多" in refusal(docx(paragraph("5处"), parts=[f"p{k}" for k in range(MOST_PARTS)]))


def test_a_word_file_that_declares_entities_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        lol = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        archive.writestr("word/document.xml", f'{lol}<w:document xmlns:w="{W}"><w:t>&b;</w:t></w:document>')
    assert "打不开" in refusal(packed.getvalue())


def test_a_pdf_of_very_many_pages_or_of_one_that_unpacks_without_end_is_refused():
    assert "200页" in refusal(pdf(*[["1"]] * (MOST_PAGES + 1)))
    whole = pdf(["5"])
    drawn = zlib.compress(b"0 0 1 1 re f " * 400_000)
    start, end = whole.rindex(b"stream\nBT"), whole.rindex(b"\nendstream")
    head = whole.rindex(b"<< /Length", 0, start)
    given = whole[:head] + b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(drawn) + drawn + whole[end:]
    assert "一页太大" in refusal(given)
