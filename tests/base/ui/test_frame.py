"""The frame of every page: where one can go, how one likes to see it, and how a refusal is said."""

import json

import pytest
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path

from duzhan.base import errors
from duzhan.base.ui import context, refusals
from duzhan.base.ui.checks import nav_leads_somewhere


def page(request):
    return HttpResponse("page")


REFUSALS = {
    "bad": errors.BadInput("时限早于发现时刻。", fields={"due_at": ["太早"]}),
    "not-allowed": errors.NotAllowed("请另一人核验。"),
    "not-found": errors.NotFound(),
    "cannot": errors.CannotMove("此件已经销号。"),
    "conflict": errors.Conflict("页面已更新。"),
}


def refuse(request, name):
    raise REFUSALS[name]


def read_post(request):
    return HttpResponse(str(len(request.POST)))


def missing(request):
    raise Http404("没有第 9 号日报。")


urlpatterns = [
    path("", page, name="home"),
    path("problems/", page, name="problem-list"),
    path("problems/17/", page, name="problem"),
    path("problems-old/", page, name="old"),
    path("refuse/<name>/", refuse),
    path("post/", read_post),
    path("missing/", missing),
    path("ui/", include("duzhan.base.ui.urls")),
    path("accounts/", include("allauth.account.urls")),
]
handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.page_not_found
handler500 = refusals.server_error

NAV = [
    ("今日", "home", None),
    ("问题台账", "problem-list", None),
    ("收件箱", "problem", f"{__name__}.works_for_a_unit"),
    ("无", "nowhere", None),
]


def works_for_a_unit(person):
    return person == "unit"


# ---------- where one can go ----------


@pytest.fixture
def places(settings):
    settings.ROOT_URLCONF = __name__
    settings.DUZHAN_NAV = NAV


def labels(person, at="/"):
    return [(entry.label, entry.is_current) for entry in context.nav_entries(person, at)]


def test_an_entry_is_there_for_those_it_is_for_and_a_page_that_is_not_there_is_left_out(places):
    assert [label for label, _current in labels("somebody")] == ["今日", "问题台账"]
    assert [label for label, _current in labels("unit")] == ["今日", "问题台账", "收件箱"]


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("/", "今日"),
        ("/problems/", "问题台账"),
        ("/problems/18/", "问题台账"),
        ("/problems-old/", None),
        ("/x/", None),
    ],
)
def test_the_place_one_is_at_is_marked(places, at, current):
    assert [label for label, is_current in labels("somebody", at) if is_current] == ([current] if current else [])


def test_the_longest_address_wins(places):
    assert [label for label, is_current in labels("unit", "/problems/17/") if is_current] == ["收件箱"]


def test_a_name_in_the_bar_that_leads_nowhere_is_pointed_out(places):
    assert [remark.id for remark in nav_leads_somewhere(None)] == ["ui.W001"]


# ---------- how one likes to see it ----------


@pytest.fixture
def door(settings, client):
    settings.ROOT_URLCONF = __name__
    return client


def test_theme_and_type_are_kept_and_every_page_wears_them(reader):
    answer = reader.post("/ui/prefs/", {"theme": "dark", "next": "/ui/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/?a=1")
    reader.post("/ui/prefs/", {"type": "large"})
    opening = reader.get("/ui/").content.decode()[:400]
    assert 'data-theme="dark"' in opening and 'data-bs-theme="dark"' in opening and 'data-type="large"' in opening


def test_language_is_kept(reader):
    assert "样板间" in reader.get("/ui/").content.decode()
    reader.post("/ui/prefs/", {"language": "en"})
    page = reader.get("/ui/").content.decode()
    assert '<html lang="en"' in page and "Gallery" in page


def test_a_script_is_answered_without_a_page(door):
    answer = door.post("/ui/prefs/", {"theme": "sunlight"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 204 and answer.cookies["dz_theme"].value == "sunlight"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "///example.org",
        "http:\\\\example.org",
        "javascript:alert(1)",
        "\t//example.org",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(door, elsewhere):
    answer = door.post("/ui/prefs/", {"theme": "dark", "next": elsewhere})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("asked", [{"theme": "pink"}, {"language": "xx"}, {"type": ""}, {}, {"colour": "dark"}])
def test_an_unknown_choice_is_refused_and_nothing_is_kept(door, asked):
    answer = door.post("/ui/prefs/", asked)
    assert answer.status_code == 400 and not {"dz_theme", "dz_type", "duzhan_language"} & set(answer.cookies)
    assert "没有这个选择" in answer.content.decode()


def test_a_cookie_that_was_altered_does_no_harm(db, client):
    client.cookies["dz_theme"] = '"><script>'
    assert 'data-theme="light"' in client.get("/accounts/login/").content.decode()


def test_preferences_are_not_changed_by_a_link(door):
    assert door.get("/ui/prefs/?theme=dark").status_code == 405


# ---------- how a refusal is said ----------


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_page_with_its_sentence_and_status(door, name):
    answer = door.get(f"/refuse/{name}/")
    page = answer.content.decode()
    assert answer.status_code == REFUSALS[name].status
    assert f"<p data-refusal>{REFUSALS[name].message}</p>" in page
    if name == "bad":
        assert "due_at: 太早" in page


@pytest.mark.parametrize("name", REFUSALS)
def test_a_program_reads_the_same_refusal(door, name):
    answer = door.get(f"/refuse/{name}/", headers={"Accept": "application/json"})
    refused = REFUSALS[name]
    assert answer.status_code == refused.status
    assert json.loads(answer.content) == {
        "code": refused.code,
        "message": str(refused.message),
        "details": refused.details,
    }


def test_a_page_that_is_not_there(door):
    assert "没有这一页" in (answer := door.get("/nothing/")).content.decode() and answer.status_code == 404
    assert "没有第 9 号日报。" in door.get("/missing/").content.decode()


def test_too_much_at_once_is_413_and_says_what_to_do(door):
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=2):
        answer = door.post("/post/", {str(n): n for n in range(5)})
    assert answer.status_code == 413 and "请分几次提交" in answer.content.decode()


def test_a_strange_host_is_400(door):
    answer = door.get("/", headers={"Host": "evil.example.org"})
    assert answer.status_code == 400 and "这次提交读不懂" in answer.content.decode()


def test_an_old_form_says_so(settings):
    settings.ROOT_URLCONF = __name__
    answer = refusals.csrf_failure(RequestFactory().post("/post/"))
    assert answer.status_code == 403 and "表单已过期" in answer.content.decode()


def test_the_page_of_a_fault_needs_neither_request_nor_database():
    page = render_to_string("500.html")
    assert "系统出了故障" in page and 'data-theme="light"' in page
    assert refusals.server_error(None).status_code == 500


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429])
def test_every_status_has_its_own_heading_and_sentence(status):
    page = render_to_string(f"{status}.html")
    assert f">{status}<" in page and "<h1></h1>" not in page and "<p data-refusal></p>" not in page
