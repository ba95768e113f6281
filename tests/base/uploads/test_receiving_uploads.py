"""What is taken in, what is kept of it, and what is shown instead."""

import hashlib
import io
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from stat import S_IMODE
from threading import Barrier, Thread

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from PIL import Image

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from duzhan.base.uploads import actions, queries, store
from duzhan.base.uploads.models import Upload
from tests.base.uploads import made_files as made

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)


def copy_of(upload, copy):
    return Image.open(io.BytesIO(store.path_of(upload.sha256, copy).read_bytes()))


def on_disk(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_kept_as_it_came_and_shown_without_what_the_camera_wrote(finder, own_uploads):
    content = made.encoded(made.picture((4000, 3000)), exif=made.exif(gps=made.gps_of()), comment=made.SECRET.encode())
    with travel(NOON):
        upload = actions.receive(made.sent(content, "门岗.JPG"), by=finder, stage_note=" 整改前 ")
    original = store.path_of(upload.sha256)
    assert original == own_uploads / "uploads" / upload.sha256[:2] / upload.sha256[2:4] / upload.sha256
    assert original.read_bytes() == content
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert (upload.kind, upload.content_type, upload.size) == ("photo", "image/jpeg", len(content))
    assert (upload.original_name, upload.stage_note) == ("门岗.jpg", "整改前")
    assert (upload.uploaded_by, upload.uploaded_at) == (finder.pk, NOON)
    assert (upload.width, upload.height) == (4000, 3000)
    assert upload.taken_at == datetime(2022, 11, 25, 1, 15, 30, tzinfo=UTC)
    assert (upload.lat, upload.lon) == pytest.approx(made.GATE, abs=1e-6)
    assert upload.datum == "WGS-84"
    for copy, size in {"shown": (1600, 1200), "thumbnail": (480, 360)}.items():
        shown = copy_of(upload, copy)
        assert (shown.format, shown.size) == ("JPEG", size)
        assert not shown.getexif()
        assert set(shown.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert made.SECRET.encode() not in store.path_of(upload.sha256, copy).read_bytes()
    assert made.SECRET.encode() in original.read_bytes()


def test_nobody_else_on_the_machine_can_read_the_folder(finder, own_uploads):
    actions.receive(made.sent(made.encoded()), by=finder)
    folder = own_uploads / "uploads"
    assert {S_IMODE(path.stat().st_mode) for path in on_disk(folder)} == {0o600}
    assert {S_IMODE(path.stat().st_mode) for path in [folder / "incoming"]} == {0o700}
    assert len(on_disk(folder)) == 3
    assert on_disk(folder / "incoming") == []


# Where red and blue of `made.picture` come to lie once the camera's orientation is applied.
SIDES = {
    None: ("red", "blue"),
    1: ("red", "blue"),
    2: ("blue", "red"),
    3: ("blue", "red"),
    4: ("red", "blue"),
    5: ("top red", "bottom blue"),
    6: ("top red", "bottom blue"),
    7: ("top blue", "bottom red"),
    8: ("top blue", "bottom red"),
}


@pytest.mark.parametrize(("orientation", "sides"), SIDES.items())
def test_a_photo_is_turned_the_right_way_up(finder, orientation, sides):
    content = made.encoded(made.picture((640, 480)), exif=made.exif(orientation), quality=95)
    upload = actions.receive(made.sent(content), by=finder)
    turned = sides[0].startswith("top")
    assert (upload.width, upload.height) == ((480, 640) if turned else (640, 480))
    shown = copy_of(upload, "shown")
    assert shown.size == (upload.width, upload.height)
    first, last = ((240, 40), (240, 600)) if turned else ((40, 240), (600, 240))
    seen = ["red" if shown.getpixel(place)[0] > 200 else "blue" for place in (first, last)]
    assert seen == [side.split()[-1] for side in sides]


ACCEPTED = {
    "JPEG": (lambda: made.encoded(), "a.jpeg", "image/jpeg"),
    "grey JPEG": (lambda: made.encoded(made.picture(mode="L")), "a.jpg", "image/jpeg"),
    "CMYK JPEG": (lambda: made.encoded(made.picture(mode="CMYK")), "a.jpg", "image/jpeg"),
    "several pictures in one JPEG": (
        lambda: made.encoded(format="MPO", save_all=True, append_images=[made.picture((32, 24))]),
        "a.jpg",
        "image/jpeg",
    ),
    "PNG": (lambda: made.encoded(format="PNG"), "a.png", "image/png"),
    "PNG with a palette": (lambda: made.encoded(made.picture(mode="P"), "PNG"), "a.PNG", "image/png"),
    "PNG with 16 bits": (lambda: made.encoded(made.picture(mode="I;16"), "PNG"), "a.png", "image/png"),
    "PNG of one bit": (lambda: made.encoded(made.picture(mode="1"), "PNG"), "a.png", "image/png"),
    "WebP": (lambda: made.encoded(format="WEBP"), "a.webp", "image/webp"),
    "PDF": (lambda: made.PDF, "函.pdf", "application/pdf"),
    "XLSX": (made.xlsx, "台账.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "DOCX": (
        made.docx,
        "报告.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


@pytest.mark.parametrize(("content", "name", "content_type"), ACCEPTED.values(), ids=ACCEPTED)
def test_these_sorts_are_taken_in(finder, content, name, content_type):
    upload = actions.receive(made.sent(content(), name), by=finder)
    assert upload.content_type == content_type
    assert upload.is_photo is content_type.startswith("image/")
    assert store.path_of(upload.sha256, "shown").exists() is upload.is_photo
    assert queries.is_intact(upload)


def test_a_large_honest_workbook_is_no_bomb(finder):
    assert actions.receive(made.sent(made.xlsx(20_000), "台账.xlsx"), by=finder).kind == "file"


def test_what_is_transparent_is_white(finder):
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    upload = actions.receive(made.sent(made.encoded(clear, "PNG"), "a.png"), by=finder)
    assert copy_of(upload, "shown").getpixel((20, 20)) == (255, 255, 255)


def test_a_small_photo_is_not_blown_up(finder):
    upload = actions.receive(made.sent(made.encoded(made.picture((300, 200)))), by=finder)
    assert copy_of(upload, "shown").size == copy_of(upload, "thumbnail").size == (300, 200)


CAMERAS = {
    "no place": ({}, {}, (None, None)),
    "south and west": ({}, made.gps_of((33, 30, 0), "S", (70, 15, 0), "W"), (-33.5, -70.25)),
    "no fix": ({}, made.gps_of((0, 0, 0), "N", (0, 0, 0), "E"), (None, None)),
    "beyond the pole": ({}, made.gps_of((91, 0, 0)), (None, None)),
    "half a place": ({}, {1: "N", 2: made.gps_of()[2]}, (None, None)),
    "degrees alone": ({}, made.gps_of((29.5, 0, 0), "N", (106.25, 0, 0), "E"), (29.5, 106.25)),
    "no number": ({}, made.gps_of(((0, 0), 0, 0)), (None, None)),
}


@pytest.mark.parametrize(("taken", "gps", "place"), CAMERAS.values(), ids=CAMERAS)
def test_where_a_camera_says_it_was(finder, taken, gps, place):
    upload = actions.receive(made.sent(made.encoded(exif=made.exif(taken=taken, gps=gps))), by=finder)
    assert (upload.lat, upload.lon) == place
    assert upload.datum == ("WGS-84" if upload.lat is not None else "")
    assert upload.taken_at is None


CLOCKS = {
    "with its offset": ({0x9003: "2022:11:25 09:15:30", 0x9011: "+06:00"}, datetime(2022, 11, 25, 3, 15, 30)),
    "without": ({0x9003: "2022:11:25 09:15:30"}, datetime(2022, 11, 25, 1, 15, 30)),
    "never set": ({0x9003: "0000:00:00 00:00:00"}, None),
    "before all time": ({0x9003: "0001:01:01 00:00:00"}, None),
    "words": ({0x9003: "yesterday"}, None),
    "a foolish offset": (
        {0x9003: "2022:11:25 09:15:30", 0x9011: "+23:59"},
        datetime(2022, 11, 25, 1, 15, 30),
    ),
}


@pytest.mark.parametrize(("taken", "instant"), CLOCKS.values(), ids=CLOCKS)
def test_when_a_camera_says_it_was(finder, taken, instant):
    upload = actions.receive(made.sent(made.encoded(exif=made.exif(taken=taken))), by=finder)
    assert upload.taken_at == (instant and instant.replace(tzinfo=UTC))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_camera_that_writes_rubbish_does_not_cost_the_photo(finder):
    rubbish = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(range(256)) * 4
    upload = actions.receive(made.sent(made.encoded(exif=rubbish)), by=finder)
    assert (upload.taken_at, upload.lat) == (None, None)


# ------------------------------------------------------------------------------------------ what is refused

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


# ---------------------------------------------------------------------------------- what it is about, once

ABOUT = ("gate", 17)


def test_the_same_about_the_same_thing_is_taken_in_once(finder, stranger):
    content = made.encoded()
    first = actions.receive(made.sent(content), by=finder, about=ABOUT)
    assert actions.receive(made.sent(content, "again.jpg"), by=stranger, about=ABOUT) == first
    elsewhere = actions.receive(made.sent(content), by=finder, about=("gate", 18))
    assert elsewhere != first
    assert queries.twins(first) == [elsewhere]
    assert queries.about(*ABOUT) == [first]


def test_before_it_is_about_anything_everybody_has_their_own(finder, stranger):
    content = made.encoded()
    mine = actions.receive(made.sent(content), by=finder)
    assert actions.receive(made.sent(content), by=finder) == mine
    assert actions.receive(made.sent(content), by=stranger) != mine
    nobodys = actions.receive(made.sent(content), by=None)
    assert actions.receive(made.sent(content), by=None) != nobodys
    assert nobodys.uploaded_by is None


def test_an_upload_is_attached_once_and_by_its_sender(finder, stranger):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    with pytest.raises(NotAllowed, match="上传的人"):
        actions.attach(upload, about=ABOUT, by=stranger)
    assert queries.about(*ABOUT) == []
    attached = actions.attach(upload, about=ABOUT, by=finder)
    assert attached == upload
    assert attached.about == ABOUT
    assert actions.attach(upload, about=ABOUT, by=finder) == upload
    with pytest.raises(Conflict, match="别的事项"):
        actions.attach(upload, about=("gate", 18), by=finder)
    assert queries.about(*ABOUT) == [upload]


def test_nobodys_upload_is_attached_by_nobody(finder):
    upload = actions.receive(made.sent(made.encoded()), by=None)
    with pytest.raises(NotAllowed):
        actions.attach(upload, about=ABOUT, by=finder)


def test_attaching_what_is_there_already_gives_what_is_there(finder):
    content = made.encoded()
    there = actions.receive(made.sent(content), by=finder, about=ABOUT)
    again = actions.receive(made.sent(content), by=finder)
    assert again != there
    assert actions.attach(again, about=ABOUT, by=finder) == there
    assert queries.about(*ABOUT) == [there]


def test_attaching_what_is_gone_is_refused(finder):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    Upload.objects.all().delete()
    with pytest.raises(NotFound):
        actions.attach(upload, about=ABOUT, by=finder)


def test_the_uploads_of_many_things_cost_one_query(finder, django_assert_num_queries):
    for number in range(3):
        content = made.encoded(made.picture((20 + number, 20)))
        actions.receive(made.sent(content), by=finder, about=("gate", number))
    with django_assert_num_queries(1):
        found = queries.about_many("gate", [0, 2, 5])
    assert {number: len(uploads) for number, uploads in found.items()} == {0: 1, 2: 1}


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_twice_in_the_same_moment_is_one(finder):
    content, barrier, seen = made.encoded(made.picture((800, 600))), Barrier(4), []

    def send():
        barrier.wait()
        try:
            seen.append(actions.receive(made.sent(content), by=finder, about=ABOUT).pk)
        finally:
            connection.close()

    threads = [Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert len(set(seen)) == Upload.objects.count() == 1


# ------------------------------------------------------------------------------------- what is left behind


def grow_old(folder, days):
    then = time.time() - timedelta(days=days).total_seconds()
    for path in on_disk(folder):
        os.utime(path, (then, then))


def test_what_a_broken_transaction_leaves_is_swept_up_a_day_later(finder, own_uploads):
    folder = own_uploads / "uploads"
    kept = actions.receive(made.sent(made.encoded()), by=finder)
    with transaction.atomic():
        actions.receive(made.sent(made.encoded(made.picture((99, 99)))), by=finder)
        transaction.set_rollback(True)
    (folder / "incoming" / "broken-off").write_bytes(b"half a photo")
    assert len(on_disk(folder)) == 7
    assert actions.forget_orphans() == 0
    grow_old(folder, 2)
    assert actions.forget_orphans(timedelta(days=3)) == 0
    assert actions.forget_orphans() == 4
    assert {path.name.split(".")[0] for path in on_disk(folder)} == {kept.sha256}
    assert queries.is_intact(kept)
    assert actions.forget_orphans() == 0


def test_an_orphan_that_is_sent_again_is_young_again(finder, own_uploads):
    folder, content = own_uploads / "uploads", made.encoded()
    actions.receive(made.sent(content), by=finder)
    Upload.objects.all().delete()
    grow_old(folder, 2)
    with transaction.atomic():
        actions.receive(made.sent(content), by=finder)
        transaction.set_rollback(True)
    assert actions.forget_orphans() == 0
    assert len(on_disk(folder)) == 3


def test_a_story_told_of_another_year_sweeps_nothing(finder, own_uploads):
    actions.receive(made.sent(made.encoded()), by=finder)
    Upload.objects.all().delete()
    with travel(datetime(2040, 1, 1, tzinfo=UTC)):
        assert actions.forget_orphans() == 0


def test_sweeping_where_nothing_was_ever_uploaded_is_no_error(db):
    assert actions.forget_orphans() == 0


def test_a_changed_byte_is_noticed(finder):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    path = store.path_of(upload.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not queries.is_intact(upload)
    path.unlink()
    assert not queries.is_intact(upload)
