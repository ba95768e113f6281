"""The door: signing in, the second step, and every account page in the house's clothes."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from duzhan.people.models import Person

PASSWORD = "password-of-the-tests"


@pytest.fixture
def somebody(db):
    person = Person(username="somebody", name="示例读者")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": "somebody", "password": password})


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_wrong_password_is_refused_in_words_and_the_name_stays(somebody, client):
    answer = sign_in(client, "wrong")
    page = answer.content.decode()
    assert answer.status_code == 200 and "dz-errors" in page and 'value="somebody"' in page
    assert PASSWORD not in page and "wrong" not in page


def test_the_right_password_opens(somebody, client):
    assert sign_in(client)["Location"] == "/"
    assert client.get("/ui/").status_code == 200


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup"])
def test_pages_before_the_door_are_dressed(db, client, name):
    page = client.get(reverse(name)).content.decode()
    assert "dz-door-in" in page and 'name="theme"' in page


@pytest.mark.parametrize(
    "name",
    ["account_logout", "account_change_password", "account_email", "mfa_index", "socialaccount_connections"],
)
def test_pages_behind_the_door_are_dressed(somebody, client, name):
    sign_in(client)
    answer = client.get(reverse(name))
    assert answer.status_code == 200 and "dz-narrow" in answer.content.decode()


def test_the_bar_is_not_offered_to_a_stranger(db, client):
    page = client.get(reverse("account_login")).content.decode()
    assert "dz-bar" not in page and "退出登录" not in page


def test_two_steps_from_turning_on_to_signing_in_by_recovery_code(somebody, client):
    sign_in(client)
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "确认是您本人" in asked.content.decode()
    page = client.post(
        asked.request["PATH_INFO"] + f"?{asked.request['QUERY_STRING']}", {"password": PASSWORD}, follow=True
    )
    page = page.content.decode()
    assert "data:" not in page and '<svg class="dz-qr"' in page
    secret = re.search(r'<p class="dz-mono">([A-Z2-7 ]+)</p>', page).group(1).replace(" ", "")

    refused = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert refused.status_code == 200 and "dz-field-error" in refused.content.decode()
    told = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}, follow=True)
    codes = re.findall(r"<li>([0-9a-f]{8})</li>", told.content.decode())
    assert len(codes) == 10
    assert "10 / 10" in client.get(reverse("mfa_index")).content.decode()

    elsewhere = Client()
    asked = elsewhere.post(reverse("account_login"), {"login": "somebody", "password": PASSWORD}, follow=True)
    assert "两步验证" in asked.content.decode() and elsewhere.get("/ui/").status_code == 302
    elsewhere.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert elsewhere.get("/ui/").status_code == 200
    assert "9 / 10" in client.get(reverse("mfa_index")).content.decode()
