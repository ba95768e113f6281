"""What is taken in, what is kept of it, and what is shown instead."""

import hashlib
import io
from datetime import UTC, datetime
from stat import S_IMODE

import pytest
from PIL import Image

from duzhan.base.clock.instants import travel
from duzhan.base.uploads import actions, queries, store
from tests.base.uploads import made_files as made
from tests.base.uploads.made_files import on_disk

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)


def copy_of(upload, copy):
    return Image.open(io.BytesIO(store.path_of(upload.sha256, copy).read_bytes()))


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
