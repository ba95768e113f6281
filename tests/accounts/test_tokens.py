"""The page of one's own keys for programs: made with a purpose and an end, shown once, worth nothing once revoked."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from duzhan.base.clock.instants import travel
from duzhan.people.actions import issue_token
from duzhan.people.models import Person, Token
from duzhan.people.queries import person_with_token
from tests.builders.pages import of
from tests.people import NOON

PAGE = "/people/me/tokens/"


def issued(answer):
    return re.search(r"dz_[\w-]{40,}", answer.content.decode())


def test_a_key_is_shown_once_and_opens_until_its_end(cast):
    page = of(cast.unit)
    secret = issued(page.post(PAGE, {"name": "大屏取数", "days": "7"}))[0]
    assert person_with_token(secret) == cast.unit
    assert Client().get("/api/me", headers={"Authorization": f"Bearer {secret}"}).json()["username"] == "unit"
    again = page.get(PAGE)
    assert issued(again) is None
    assert "大屏取数" in again.content.decode()
    assert "no-store" in again["Cache-Control"]
    with travel(NOON + timedelta(days=7)):
        assert person_with_token(secret) is None
        assert "已到期" in page.get(PAGE).content.decode()


def test_a_key_that_was_revoked_opens_nothing(cast):
    secret = issue_token(cast.unit, "旧程序")
    page = of(cast.unit)
    answer = page.post(f"{PAGE}{Token.objects.get().pk}/revoke/", follow=True)
    assert "令牌“旧程序”已作废。" in answer.content.decode()
    assert person_with_token(secret) is None
    assert Client().get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_everybody_sees_and_revokes_their_own_alone(cast):
    secret = issue_token(cast.unit, "单位的程序")
    other = of(cast.office)
    assert "单位的程序" not in other.get(PAGE).content.decode()
    assert other.post(f"{PAGE}{Token.objects.get().pk}/revoke/").status_code == 404
    assert person_with_token(secret) == cast.unit


@pytest.mark.parametrize(
    "said",
    [{}, {"name": "", "days": "7"}, {"name": "x"}, *({"name": "x", "days": days} for days in ("0", "91", "x", "-1"))],
)
def test_a_key_without_purpose_or_end_is_refused(cast, said):
    answer = of(cast.unit).post(PAGE, said)
    assert answer.status_code == 400
    assert issued(answer) is None
    assert not Token.objects.exists()


def test_looking_revokes_nothing(cast):
    secret = issue_token(cast.unit, "程序")
    assert of(cast.unit).get(f"{PAGE}{Token.objects.get().pk}/revoke/").status_code == 405
    assert person_with_token(secret) == cast.unit


def test_a_person_of_the_demo_gets_a_key_that_lives_by_the_machines_clock(cast):
    Person.objects.filter(pk=cast.unit.pk).update(is_demo=True)
    type(cast.operation).objects.update(is_demo=True)
    of(cast.unit).post(PAGE, {"name": "试用", "days": "1"})
    token = Token.objects.get()
    assert token.created_at - NOON > timedelta(days=365)
    assert abs(token.expires_at - token.created_at - timedelta(days=1)) < timedelta(seconds=1)
