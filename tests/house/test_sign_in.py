"""Nobody opens an account from outside, and whoever guesses passwords is stopped at that place for that name."""

import pytest
from django.urls import reverse

from duzhan.people.models import Person

PASSWORD = "正确的密码-2022"
LOCKED = 429


@pytest.fixture
def office(cast):
    cast.office.set_password(PASSWORD)
    cast.office.save()
    return cast.office


def sign_in(client, person, password, **headers):
    answer = client.post(reverse("account_login"), {"login": person.username, "password": password}, **headers)
    return answer.status_code


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in(client, office):
    assert sign_in(client, office, PASSWORD) == 302
    assert is_signed_in(client)


def test_signing_up_from_outside_is_closed(client, cast):
    before = Person.objects.count()
    form = {"username": "stranger2", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_signup"), form)
    assert Person.objects.count() == before
    assert not is_signed_in(client)
    assert "signup_closed" in answer.templates[0].name


def test_five_wrong_passwords_lock_the_name_at_this_place(client, office):
    codes = [sign_in(client, office, "错误的密码") for _ in range(5)]
    assert codes[:4] == [200] * 4
    assert codes[4] == LOCKED
    assert sign_in(client, office, PASSWORD) == LOCKED
    office.username = office.username.upper()
    assert sign_in(client, office, PASSWORD) == LOCKED
    assert not is_signed_in(client)


def test_the_locked_out_person_reads_how_long_to_wait(client, office):
    for _ in range(5):
        answer = client.post(reverse("account_login"), {"login": office.username, "password": "错"})
    assert "15 分钟" in answer.content.decode()
    assert answer["Retry-After"] == "900"


def test_another_place_and_another_name_stay_open(client, office, cast):
    cast.leader.set_password(PASSWORD)
    cast.leader.save()
    for _ in range(5):
        sign_in(client, office, "错误的密码")
    assert sign_in(client, cast.leader, PASSWORD) == 302
    client.logout()
    assert sign_in(client, office, PASSWORD, REMOTE_ADDR="192.0.2.7") == 302


def test_behind_a_counted_proxy_the_place_is_what_the_proxy_saw(client, office, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for turn in range(5):  # the part before the last comma is the guesser's own invention
        last = sign_in(client, office, "错误的密码", HTTP_X_FORWARDED_FOR=f"198.51.100.{turn}, 192.0.2.66")
    assert last == LOCKED
    assert sign_in(client, office, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.7") == 302


def test_without_a_counted_proxy_a_forged_header_changes_nothing(client, office):
    for turn in range(5):
        last = sign_in(client, office, "错误的密码", HTTP_X_FORWARDED_FOR=f"198.51.100.{turn}")
    assert last == LOCKED


def test_the_sign_in_page_carries_the_strict_headers(client, db):
    answer = client.get(reverse("account_login"))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
