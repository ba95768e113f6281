"""Who is shown what, and how a browser is told to treat it."""

import io
import uuid
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.urls import reverse
from PIL import Image

from duzhan.base.clock.instants import travel
from duzhan.base.errors import NotAllowed, NotFound
from duzhan.base.uploads import actions, permissions, queries, store
from duzhan.base.uploads.models import OriginalRead
from duzhan.people.actions import register_person
from tests.base.uploads import made_files as made

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)
ALBUM, DRAWER = ("album", 1), ("drawer", 1)  # of a drawer nobody has said who may look in

permissions.register(
    "album",
    may_see=lambda person, upload: person.username in ("reader", "keeper"),
    may_see_original=lambda person, upload: person.username in ("keeper", "outsider"),
)


@pytest.fixture
def reader(db):
    return register_person("reader", "示例人员丙")


@pytest.fixture
def keeper(db):
    return register_person("keeper", "示例人员丁")


@pytest.fixture
def photo(finder):
    content = made.encoded(made.picture((2000, 1500)), exif=made.exif(gps=made.gps_of()))
    return actions.receive(made.sent(content, "门岗.jpg"), by=finder, about=ALBUM)


@pytest.fixture
def letter(finder):
    return actions.receive(made.sent(made.PDF, "督办函.pdf"), by=finder, about=ALBUM)


def address(upload, page="shown"):
    return reverse(f"uploads:{page}", args=[upload.pk])


def body(response):
    return b"".join(response.streaming_content)


def headers_of_everything(response):
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"].startswith("private")


def test_a_reader_is_shown_the_clean_copy(client, reader, photo):
    client.force_login(reader)
    for page, longest in {"shown": 1600, "thumbnail": 480}.items():
        response = client.get(address(photo, page))
        assert response.status_code == 200
        headers_of_everything(response)
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"].startswith("inline")
        content = body(response)
        assert max(Image.open(io.BytesIO(content)).size) == longest
        assert made.SECRET.encode() not in content
        assert int(response["Content-Length"]) == len(content)


def test_a_copy_already_there_is_not_sent_again_and_only_to_a_reader(client, reader, stranger, photo):
    client.force_login(reader)
    first = client.get(address(photo))
    assert body(first)
    etag = first["ETag"]
    again = client.get(address(photo), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    headers_of_everything(again)
    assert body(client.get(address(photo, "thumbnail"), headers={"If-None-Match": etag}))
    client.force_login(stranger)
    assert client.get(address(photo), headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize("page", ["shown", "thumbnail", "original"])
def test_a_visitor_is_asked_to_sign_in(client, photo, page):
    response = client.get(address(photo, page))
    assert response.status_code == 302
    assert quote(address(photo, page)) in response["Location"]


@pytest.mark.parametrize("page", ["shown", "thumbnail", "original"])
def test_a_stranger_cannot_tell_it_from_one_that_is_not_there(client, stranger, photo, page):
    client.force_login(stranger)
    refused = client.get(address(photo, page))
    absent = client.get(reverse(f"uploads:{page}", args=[uuid.uuid4()]))
    assert refused.status_code == absent.status_code == 404
    assert refused.content == absent.content
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    headers_of_everything(refused)
    assert not OriginalRead.objects.exists()


def test_what_nobody_answers_for_nobody_sees(client, finder, keeper):
    upload = actions.receive(made.sent(made.encoded()), by=finder, about=DRAWER)
    for person in (finder, keeper):
        client.force_login(person)
        assert client.get(address(upload)).status_code == 404
        assert client.get(address(upload, "original")).status_code == 404


def test_before_it_is_about_anything_only_the_sender_sees_it(client, finder, keeper):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    client.force_login(finder)
    assert body(client.get(address(upload)))
    assert client.get(address(upload, "original")).status_code == 403
    client.force_login(keeper)
    assert client.get(address(upload)).status_code == 404
    nobodys = actions.receive(made.sent(made.encoded()), by=None)
    assert client.get(address(nobodys)).status_code == 404


def test_the_sealed_original_is_handed_out_as_it_came_and_that_is_written_down(client, keeper, photo):
    client.force_login(keeper)
    with travel(NOON):
        response = client.get(address(photo, "original"))
    assert response.status_code == 200
    headers_of_everything(response)
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('门岗.jpg')}"
    assert body(response) == store.path_of(photo.sha256).read_bytes()
    read = OriginalRead.objects.get()
    assert (read.upload, read.person, read.at) == (photo, keeper.pk, NOON)


def test_a_reader_does_not_get_the_original_and_is_told_so(client, reader, photo):
    client.force_login(reader)
    response = client.get(address(photo, "original"))
    assert response.status_code == 403
    assert "封存" in response.content.decode()
    assert not OriginalRead.objects.exists()
    with pytest.raises(NotAllowed, match="封存"):
        actions.open_original(photo, by=reader)


def test_whoever_may_not_see_a_thing_has_no_use_of_the_key_to_its_originals(photo):
    outsider = register_person("outsider", "示例人员戊")
    with pytest.raises(NotAllowed):
        actions.open_original(photo, by=outsider)


def test_a_file_is_saved_and_never_shown(client, reader, letter):
    client.force_login(reader)
    response = client.get(address(letter))
    headers_of_everything(response)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert body(response) == made.PDF
    assert client.get(address(letter, "thumbnail")).status_code == 404


@pytest.mark.parametrize("page", ["shown", "thumbnail", "original"])
def test_a_file_lost_from_the_disk_is_said_to_be(client, keeper, photo, page):
    for copy in store.ENDINGS:
        store.path_of(photo.sha256, copy).unlink()
    client.force_login(keeper)
    response = client.get(address(photo, page))
    assert response.status_code == 404
    assert "不在服务器上" in response.content.decode()
    assert not OriginalRead.objects.exists()


@pytest.mark.parametrize("page", ["shown", "thumbnail", "original"])
def test_there_is_nothing_to_post(client, keeper, photo, page):
    client.force_login(keeper)
    assert client.post(address(photo, page)).status_code == 405
    assert client.delete(address(photo, page)).status_code == 405
    assert queries.is_intact(photo)


@pytest.mark.parametrize("path", ["1", "..", "%2e%2e%2fsecret-key", "00000000-0000-0000-0000-00000000000g"])
def test_an_address_that_is_no_upload_is_not_found(client, keeper, path):
    client.force_login(keeper)
    assert client.get(f"/uploads/{path}/").status_code == 404


def test_a_query_says_the_same_as_the_page(stranger, reader, photo):
    assert queries.visible(photo.pk, reader) == photo
    with pytest.raises(NotFound):
        queries.visible(photo.pk, stranger)
    with pytest.raises(NotFound):
        queries.visible(uuid.uuid4(), reader)


def test_two_apps_cannot_answer_for_the_same_things():
    with pytest.raises(ValueError, match="album"):
        permissions.register("album", may_see=lambda person, upload: True)


def test_the_same_app_may_answer_again():
    for _each in range(2):
        permissions.register("shelf", may_see=permissions.nobody)
