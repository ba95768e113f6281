"""删除个人信息: whatever says who somebody is goes, their rights with it; what they did stays under their number."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import translation

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, CannotMove, NotAllowed
from duzhan.base.ledger import deliveries, proof
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.insight.figures import queries as figures
from duzhan.insight.notices.models import Notice
from duzhan.people.actions import Ground, appoint, erase, form_group, issue_token, register_person, reset_password
from duzhan.people.models import Membership, Person
from duzhan.people.queries import person_with_token
from duzhan.places.actions import post_at_point
from duzhan.places.models import PointPost
from duzhan.places.queries import holds_post_at
from duzhan.supervision.inspections.actions import answer_help, record_visit
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of, words_of
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON, STARTED

NAME, ACCOUNT, MAIL = "示例待删人员", "To-Be-Erased", "erased@example.org"
PASSWORD = "password-of-the-tests"


@pytest.fixture
def admin(cast):
    person = register_person("admin", "示例系统管理员")
    appoint(person, cast.bodies["office"], "admin", area=cast.areas["district"].path, starts_at=STARTED)
    return person


@pytest.fixture
def known(cast):
    """Somebody who has done things, and of whom the libraries know something too."""
    person = register_person(ACCOUNT, NAME, password=PASSWORD, email=MAIL)
    appoint(person, cast.bodies["street"], "unit", area=cast.areas["street"].path, starts_at=STARTED)
    EmailAddress.objects.create(user=person, email=MAIL, primary=True, verified=True)
    SocialAccount.objects.create(user=person, provider="openid_connect", uid=ACCOUNT, extra_data={"name": NAME})
    Authenticator.objects.create(user=person, type="totp", data={"secret": NAME})
    AccessLog.objects.create(username=ACCOUNT, ip_address="127.0.0.1")
    return person


def everything():
    """Every text of the database, and what sessions hold that is packed."""
    yield from (str(session.get_decoded()) for session in Session.objects.all())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (str(row) for row in cursor.fetchall())


def sign_in(login, password):
    return of(None).post(reverse("account_login"), {"login": login, "password": password})


def test_nothing_in_the_database_says_who_it_was(cast, admin, known):
    """Not their sessions, nor what they or somebody else once typed in vain."""
    secrets, others = (NAME, ACCOUNT.lower(), MAIL, known.salt), of(cast.office)
    for typed, password in ((ACCOUNT, PASSWORD), (ACCOUNT, "wrong"), (MAIL.upper(), "wrong")):
        sign_in(typed, password)
    before = [row for row in everything() if any(said in row.lower() for said in secrets)]
    assert len(before) > 6
    erase(known, Ground.WITHDRAWN, by=admin)
    assert [row for row in everything() if any(said in row.lower() for said in secrets)] == []
    assert list(verify()) == []
    assert others.get("/people/me/").status_code == 200


def test_a_sign_in_that_waits_for_the_second_step_is_forgotten_too(cast, admin, known):
    Authenticator.objects.filter(user=known).delete()
    TOTP.activate(known, generate_totp_secret())
    assert sign_in(ACCOUNT, PASSWORD)["Location"].startswith(reverse("mfa_authenticate"))
    assert Session.objects.exists()
    erase(known, Ground.WITHDRAWN, by=admin)
    assert not Session.objects.exists()


def test_the_fingerprints_in_the_ledger_cannot_be_tried_any_more(cast, admin, known):
    """Whoever guesses a name could try it against the ledger as long as the salt is there."""
    first = Event.objects.get(kind="person.register", subject_id=known.pk).changes["name"]
    assert first == proof.fingerprint(known.salt, "name", NAME)
    erase(known, Ground.DONE, by=admin)
    there = Person.objects.get(pk=known.pk)
    assert proof.fingerprint(there.salt, "name", NAME) != first
    event = Event.objects.get(kind="person.erase")
    assert (event.actor, event.facts) == (admin.pk, {"ground": "done"})
    assert {*Person.sealed_fields} <= {*event.changes}


def test_the_account_is_closed_and_everything_that_opened_it_is_worth_nothing(cast, admin, known):
    theirs, key = of(known), issue_token(known, "程序", by=known)
    assert theirs.get("/people/me/").status_code == 200
    assert person_with_token(key) == known
    erase(known, Ground.EXPIRED, by=admin)
    assert theirs.get("/people/me/").status_code == 302
    assert person_with_token(key) is None
    assert known.tokens.get().revoked_at == NOON
    assert sign_in(ACCOUNT, PASSWORD).status_code == 200
    there = Person.objects.get(pk=known.pk)
    assert (there.is_active, there.has_usable_password(), there.hats()) == (False, False, [])


def test_what_they_did_stays_under_their_number_and_counts_as_before(cast, admin):
    problem, closed = problem_at(cast, Stage.ACCEPTED), problem_at(cast, Stage.CLOSED)
    before = figures.figures(cast.operation).values
    assert before["people_assigned"] == 2
    erase(cast.inspector, Ground.DONE, by=admin)
    after = figures.figures(cast.operation).values
    assert {key for key in before if before[key] != after[key]} == {"people_assigned"}
    assert after["people_assigned"] == 1
    assert Membership.objects.get(person=cast.inspector).stage == Membership.Stage.RELEASED
    for each in (problem, closed):
        each.refresh_from_db()
        assert each.found_by_id == cast.inspector.pk
        page = of(cast.office).get(f"/problems/{each.pk}/")
        assert f"已删除的人员 {cast.inspector.pk}" in words_of(page)
        assert "示例inspector" not in words_of(page)
    with translation.override("en"):
        assert str(Person.objects.get(pk=cast.inspector.pk)) == f"Erased person {cast.inspector.pk}"
    assert list(verify()) == []


def test_their_duties_at_points_end_and_what_was_told_to_them_goes(cast, admin):
    problem_at(cast, Stage.HANDED_OVER)
    post_at_point(cast.points["station"], cast.unit, "点长")
    later = post_at_point(cast.points["market"], cast.unit, "点长", starts_at=NOON + 9 * HOUR)
    deliveries.carry_out()
    assert Notice.objects.filter(person=cast.unit).exists()
    with travel(NOON + HOUR):
        erase(cast.unit, Ground.DONE, by=admin)
        while deliveries.carry_out():
            pass
        assert not Notice.objects.filter(person=cast.unit).exists()
        assert not holds_post_at(cast.unit, cast.points["station"].pk)
        assert PointPost.objects.exclude(pk=later.pk).get().ends_at == NOON + HOUR
    assert not holds_post_at(cast.unit, cast.points["market"].pk, NOON + 10 * HOUR)
    assert list(verify()) == []


def test_what_they_waited_for_is_told_to_nobody(cast, admin):
    record_visit(cast.operation, {"point": cast.points["station"], "difficulty": "缺防护服。"}, by=cast.inspector)
    erase(cast.inspector, Ground.DONE, by=admin)
    answer_help(Help.objects.get(), by=cast.office, answer="已调拨。")
    with travel(NOON + HOUR):
        while deliveries.carry_out():
            pass
    assert not Notice.objects.filter(kind="help.answer").exists()


def test_a_post_that_was_still_to_begin_never_does(cast, admin, known):
    post = appoint(known, cast.bodies["street"], "unit", area=cast.areas["street"].path, starts_at=NOON + 9 * HOUR)
    erase(known, Ground.DONE, by=admin)
    post.refresh_from_db()
    assert post.ends_at == post.starts_at
    assert list(verify()) == []


def test_the_page_asks_for_the_ground_and_says_what_will_happen(cast, admin, known):
    client = of(admin)
    assert f"/people/{known.pk}/erase/" in client.get(f"/people/{known.pk}/").content.decode()
    assert "不能恢复" in words_of(client.get(f"/people/{known.pk}/erase/"))
    answer = client.post(f"/people/{known.pk}/erase/", {"ground": "withdrawn"}, follow=True)
    assert f"已删除的人员 {known.pk}" in words_of(answer)
    assert known.pk not in {person.pk for person in answer.context["page"].rows}
    for address in ("", "erase/", "password/", "appoint/"):
        assert client.get(f"/people/{known.pk}/{address}").status_code == 404


@pytest.mark.parametrize("ground", ["", "boredom", None])
def test_without_a_ground_nothing_is_erased(cast, admin, known, ground):
    answer = of(admin).post(f"/people/{known.pk}/erase/", {"ground": ground} if ground is not None else {})
    assert answer.status_code == 400
    with pytest.raises(BadInput):
        erase(known, ground, by=admin)
    assert unchanged(known)


@pytest.mark.parametrize("name", ["office", "leader", "discipline", "unit", "volunteer"])
def test_nobody_but_an_administrator_erases(cast, known, name):
    answer = of(cast.people[name]).post(f"/people/{known.pk}/erase/", {"ground": "done"})
    assert (answer.status_code, "系统管理员" in words_of(answer)) == (403, True)
    with pytest.raises(NotAllowed):
        erase(known, Ground.DONE, by=cast.people[name])
    assert unchanged(known)


def test_an_administrator_reaches_no_further_than_their_posts_and_not_themselves(cast, admin):
    assert of(admin).post(f"/people/{cast.far_office.pk}/erase/", {"ground": "done"}).status_code == 404
    with pytest.raises(NotAllowed):
        erase(cast.far_office, Ground.DONE, by=admin)
    answer = of(admin).post(f"/people/{admin.pk}/erase/", {"ground": "done"})
    assert (answer.status_code, "另一位系统管理员" in words_of(answer)) == (400, True)
    with pytest.raises(CannotMove):
        erase(admin, Ground.DONE, by=admin)
    assert unchanged(cast.far_office) and unchanged(admin)


def test_who_will_be_somebody_elsewhere_is_not_erased_from_here(cast, admin, known):
    appoint(known, cast.bodies["far_office"], "office", area=cast.areas["far"].path, starts_at=NOON + 9 * HOUR)
    assert of(admin).post(f"/people/{known.pk}/erase/", {"ground": "done"}).status_code == 404
    with pytest.raises(NotAllowed):
        erase(known, Ground.DONE, by=admin)
    assert unchanged(known)


def test_who_was_erased_is_given_nothing_again(cast, admin, known):
    """Not by a page either that was opened before, and holds somebody who was still there."""
    before = Person.objects.get(pk=known.pk)
    erase(known, Ground.DONE, by=admin)
    there = Person.objects.get(pk=known.pk)
    with pytest.raises(BadInput):
        appoint(before, cast.bodies["street"], "unit", by=admin)
    with pytest.raises(BadInput):
        form_group("第二督导组", "stationed", cast.bodies["office"], operation=cast.operation.pk, members=[before])
    with pytest.raises(NotAllowed):
        erase(there, Ground.DONE, by=admin)
    with pytest.raises(NotAllowed):
        reset_password(there, by=admin)
    with pytest.raises(BadInput):
        appoint(there, cast.bodies["street"], "unit", by=admin)
    assert Event.objects.filter(kind="person.erase").count() == 1


def test_every_table_that_names_a_person_is_thought_of():
    """A library that begins to keep something about people must be told to forget it too."""
    fields = Person._meta.get_fields(include_hidden=True)
    tables = {each.related_model for each in fields if each.auto_created and not each.concrete}
    theirs = {table._meta.label for table in tables if not table.__module__.startswith("duzhan.")}
    assert theirs == {"account.EmailAddress", "socialaccount.SocialAccount", "mfa.Authenticator"}


def unchanged(person):
    there = Person.objects.get(pk=person.pk)
    return (there.name, there.username, there.seq) == (person.name, person.username, person.seq)
