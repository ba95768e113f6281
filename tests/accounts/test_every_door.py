"""Every door through which an account changes, Django's and allauth's among them: afterwards the ledger is whole."""

import io
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from duzhan.base.errors import Conflict
from duzhan.base.ledger.actions import record
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import change_password, register_person
from duzhan.people.models import Person
from tests.builders.pages import of

PASSWORD = "password-of-the-tests"
CHOSEN = "选好的新密码-2022"
NEWER = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def whole_afterwards(db):
    yield
    assert [str(fault) for fault in verify()] == []


def told(person):
    """The kinds of events of an account, after it was registered, with who did it and what they say."""
    events = Event.objects.filter(subject_kind="person", subject_id=person.pk).order_by("seq")[1:]
    return [(event.kind, event.actor, {*event.changes}) for event in events]


def now(person):
    return Person.objects.get(pk=person.pk)


def sign_in(person, password=PASSWORD):
    client = Client()
    answer = client.post(reverse("account_login"), {"login": person.username, "password": password})
    return client if answer.status_code == 302 else None


def test_signing_in_is_no_event(cast):
    assert sign_in(cast.office)
    assert now(cast.office).last_login is not None
    assert told(cast.office) == []


def test_a_newer_hash_at_sign_in_is_the_systems_own_event(cast, settings):
    settings.PASSWORD_HASHERS = NEWER
    assert sign_in(cast.office)
    assert now(cast.office).password.startswith("pbkdf2_")
    assert told(cast.office) == [("person.rehash", None, {"password"})]
    assert sign_in(cast.office)
    assert len(told(cast.office)) == 1


def test_a_newer_hash_where_a_password_is_asked_again(cast, settings):
    client = sign_in(cast.office)
    settings.PASSWORD_HASHERS = NEWER
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert [kind for kind, *_rest in told(cast.office)] == ["person.rehash"]


def test_a_password_that_was_changed_on_its_page_was_changed_by_its_owner(cast):
    client = sign_in(cast.office)
    asked = {"oldpassword": PASSWORD, "password1": CHOSEN, "password2": CHOSEN}
    assert client.post(reverse("account_change_password"), asked).status_code == 302
    assert told(cast.office) == [("person.change_password", cast.office.pk, {"password"})]
    assert client.get("/people/me/").status_code == 200, "whoever changes a password stays signed in"
    assert (sign_in(cast.office), bool(sign_in(cast.office, CHOSEN))) == (None, True)


def test_a_password_that_was_set_by_the_letter_for_it_was_set_by_its_owner(cast, client):
    writer = register_person("writer", "示例写信人", password=PASSWORD, email="writer@example.org")
    client.post(reverse("account_reset_password"), {"email": writer.email})
    [letter] = mail.outbox
    address = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", letter.body)[1]
    page = client.get(address, follow=True)
    set_at = page.redirect_chain[-1][0]
    assert client.post(set_at, {"password1": CHOSEN, "password2": CHOSEN}).status_code == 302
    assert told(writer) == [("person.change_password", writer.pk, {"password"})]
    assert sign_in(writer, CHOSEN)


def test_an_address_that_was_made_the_first_is_told(cast):
    client = sign_in(cast.office)
    client.post(reverse("account_email"), {"action_add": "", "email": "office@example.org"})
    EmailAddress.objects.update(verified=True)
    client.post(reverse("account_email"), {"action_primary": "", "email": "office@example.org"})
    assert now(cast.office).email == "office@example.org"
    assert told(cast.office) == [("person.change", None, {"email"})]
    assert "office@example.org" not in str(list(Event.objects.values_list("facts", "changes")))


def test_signing_in_through_the_organisation_saves_the_account_and_changes_nothing(cast, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"provider_id": "organisation", "client_id": "c", "secret": "s",
                                     "settings": {"server_url": "https://id.example.org"}}]}
    }  # fmt: skip
    request = RequestFactory().get("/")
    request.user, request.session = cast.office, SessionStore()
    login = SocialLogin(account=SocialAccount(provider="organisation", uid="office-17"))
    login.connect(request, cast.office)
    assert SocialAccount.objects.get().user == cast.office
    assert told(cast.office) == []


def test_a_superuser_made_at_the_command_line_is_told(cast):
    call_command("createsuperuser", "--noinput", username="root", name="示例管理员")
    person = Person.objects.get(username="root")
    event = Event.objects.get(subject_kind="person", subject_id=person.pk)
    assert (event.kind, event.actor, event.via) == ("person.register", None, "system")
    assert (event.changes["is_superuser"], event.changes["is_staff"]) == (True, True)
    assert not {"root", "示例管理员"} & {*event.changes.values()}


def test_a_password_set_at_the_command_line_is_told(cast, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt="": CHOSEN)
    call_command("changepassword", "office", stdout=io.StringIO())
    assert told(cast.office) == [("person.change", None, {"password"})]
    assert sign_in(cast.office, CHOSEN)


def test_a_save_keeps_what_others_changed_meanwhile(cast):
    """Two requests hold the same account: one chooses a password, the other saves all that it has loaded."""
    stale = now(cast.office)
    change_password(cast.office, CHOSEN, by=cast.office)
    stale.email = "office@example.org"
    stale.save()
    assert stale.check_password(CHOSEN)
    assert now(cast.office).email == "office@example.org"
    assert [changes for *_rest, changes in told(cast.office)] == [{"password"}, {"email"}]


def test_an_action_on_an_account_that_was_changed_meanwhile_says_so(cast):
    stale = now(cast.office)
    change_password(cast.office, CHOSEN, by=cast.office)
    stale.is_active = False
    with pytest.raises(Conflict):
        record(stale, "person.close", by=None)
    assert now(cast.office).is_active


def test_an_account_that_was_put_together_by_hand_is_saved_over_the_one_that_is_there(cast):
    """So allauth brings one back from a session."""
    loaded = now(cast.office)
    values = {name: getattr(loaded, name) for name in loaded.attnames()}
    rebuilt = Person(**values | {"email": "office@example.org"})
    rebuilt.save()
    assert told(cast.office) == [("person.change", None, {"email"})]
    assert rebuilt.changes() == {}


def test_no_name_stands_in_the_ledger(cast):
    """Nor an account, an address or a password hash, in no form that can be read without the row."""
    of(cast.office).get("/people/me/")
    written = str(list(Event.objects.filter(subject_kind="person").values_list("facts", "changes")))
    for person in Person.objects.all():
        assert not [secret for secret in (person.name, person.password, person.salt) if secret in written]
        assert f"'{person.username}'" not in written
