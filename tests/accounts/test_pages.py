"""Accounts: whose an administrator keeps, opening one, and a password that is read once."""

from datetime import timedelta

import pytest
from django.test import Client

from duzhan.base.errors import NotAllowed
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import appoint, register_person, reset_password
from duzhan.people.models import Person
from tests.builders.pages import asked_by, of, sends_to_sign_in, words_of
from tests.people import NOON, STARTED


@pytest.fixture
def admin(cast):
    person = register_person("admin", "示例系统管理员")
    appoint(person, cast.bodies["office"], "admin", area=cast.areas["district"].path, starts_at=STARTED)
    return person


def names(answer):
    return {person.username for person in answer.context["page"].rows}


def test_a_stranger_is_sent_to_sign_in(cast):
    for address in ("/people/", "/people/new/", f"/people/{cast.unit.pk}/password/"):
        assert sends_to_sign_in(of(None).get(address))
        assert sends_to_sign_in(of(None).post(address))


@pytest.mark.parametrize("name", ["office", "leader", "unit", "volunteer"])
def test_nobody_but_an_administrator_keeps_accounts(cast, name):
    client, before = of(cast.people[name]), Person.objects.count()
    for address in ("/people/", "/people/new/", f"/people/{cast.unit.pk}/password/"):
        answer = client.get(address)
        assert (answer.status_code, "系统管理员" in words_of(answer)) == (403, True)
    client.post("/people/new/", {"username": "x", "name": "甲"})
    client.post(f"/people/{cast.unit.pk}/password/")
    assert Person.objects.count() == before
    assert Person.objects.get(pk=cast.unit.pk).check_password("password-of-the-tests")


def test_an_administrator_keeps_those_whose_posts_lie_within_their_own(cast, admin):
    answer = of(admin).get("/people/")
    assert names(answer) == {
        "admin",
        "office",
        "inspector",
        "verifier",
        "leader",
        "discipline",
        "unit",
        "other_unit",
        "volunteer",
    }
    assert "渝北区office · 督导组员" in words_of(answer)


def test_accounts_are_found_by_name_and_by_role(cast, admin):
    client = of(admin)
    assert names(client.get("/people/?q=志愿")) == {"volunteer"}
    assert names(client.get("/people/?role=unit")) == {"unit", "other_unit"}
    assert names(client.get("/people/?role=none")) == {"volunteer"}
    assert names(client.get("/people/?role=emperor")) == names(client.get("/people/"))
    assert "没有这样的账号" in words_of(client.get("/people/?q=没有这个人"))


def test_the_list_asks_the_same_however_long_it_is(cast, admin):
    client = of(admin)
    before = asked_by(client, "/people/")
    for number in range(30):
        person = register_person(f"n{number}", f"示例{number}")
        appoint(person, cast.bodies["street"], "unit", area=cast.areas["street"].path, starts_at=STARTED)
    assert asked_by(client, "/people/") == before
    assert len(client.get("/people/?size=50").context["page"].rows) == 39


def test_opening_an_account_shows_its_password_once(cast, admin):
    client = of(admin)
    answer = client.post("/people/new/", {"username": "newcomer", "name": "示例新人", "email": "new@example.org"})
    person, secret = Person.objects.get(username="newcomer"), answer.context["secret"]
    assert secret in words_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (person.name, person.email, person.check_password(secret)) == ("示例新人", "new@example.org", True)
    event = Event.objects.get(kind="person.register", subject_id=person.pk)
    assert (event.actor, event.via) == (admin.pk, "web")
    written = str(list(Event.objects.values_list("facts", "changes")))
    assert not [
        said for said in (secret, "newcomer", "示例新人", "new@example.org", person.password) if said in written
    ]
    assert secret not in words_of(client.get(f"/people/{person.pk}/"))
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"username": "office"}, "已被使用"), ({"username": "有 空格"}, "用户名"), ({"name": ""}, ""), ({"email": "x"}, ""),
        ({"email": "KNOWN@example.org"}, "已属于另一个账号"),
    ],
)  # fmt: skip
def test_an_account_that_is_wrong_is_not_opened(cast, admin, wrong, told):
    Person.objects.filter(pk=cast.unit.pk).update(email="known@example.org")
    before = Person.objects.count()
    answer = of(admin).post(
        "/people/new/", {"username": "newcomer", "name": "示例新人", "email": "new@example.org"} | wrong
    )
    assert (answer.status_code, told in words_of(answer)) == (400, True)
    assert Person.objects.count() == before
    assert not Event.objects.filter(subject_kind="person", actor=admin.pk).exists()


def test_a_new_password_ends_the_old_one_and_every_sign_in(cast, admin):
    theirs, client = of(cast.unit), of(admin)
    assert theirs.get("/people/me/").status_code == 200
    assert "原密码立即作废" in words_of(client.get(f"/people/{cast.unit.pk}/password/"))
    answer = client.post(f"/people/{cast.unit.pk}/password/")
    secret = answer.context["secret"]
    assert "no-store" in answer["Cache-Control"]
    person = Person.objects.get(pk=cast.unit.pk)
    assert (person.check_password("password-of-the-tests"), person.check_password(secret)) == (False, True)
    assert sends_to_sign_in(theirs.get("/people/me/"))
    assert Client().post("/accounts/login/", {"login": "unit", "password": secret}).status_code == 302
    event = Event.objects.get(kind="person.reset_password")
    assert (event.actor, event.subject_id) == (admin.pk, person.pk)
    assert list(verify()) == []
    assert client.post(f"/people/{cast.unit.pk}/password/").context["secret"] != secret


@pytest.mark.parametrize("starts_at", [STARTED, NOON + timedelta(days=1)], ids=["holds it", "will hold it"])
def test_who_stands_higher_keeps_their_password(cast, admin, starts_at):
    above = register_person("above", "示例上级", password="password-of-the-tests")
    appoint(above, cast.bodies["office"], "leader", starts_at=starts_at)  # everywhere
    answer = of(admin).post(f"/people/{above.pk}/password/")
    assert answer.status_code == 404
    with pytest.raises(NotAllowed):
        reset_password(above, by=admin)
    assert Person.objects.get(pk=above.pk).check_password("password-of-the-tests")
