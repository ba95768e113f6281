"""Who, where, and with which key: no row of people and places can be edited, put in or taken away by SQL unnoticed."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import translation

from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger.models import subjects
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import found_body, issue_token, revoke_token
from duzhan.people.models import Token
from duzhan.people.queries import person_with_token
from duzhan.places.actions import add_area, post_at_point, register_point
from tests.people import HOUR, NOON

KINDS = ("area", "body", "person", "point", "point_post", "token")
NEW = {  # another value for each kind of column
    "BooleanField": lambda value: not value,
    "CharField": lambda value: f"x{value}"[:12],
    "DateTimeField": lambda value: (value or NOON) + 7 * HOUR,
    "DecimalField": lambda value: value + 1,
    "EmailField": lambda value: "somebody@example.org",
    "ForeignKey": lambda value: None,
    "PositiveIntegerField": lambda value: value + 1,
}


@pytest.fixture
def rows(cast):
    """One row of each kind that nothing else points to, all of it sealed."""
    street = cast.areas["street"]
    issue_token(cast.inspector, "导出程序", by=cast.inspector)
    found = {
        "token": Token.objects.get(),
        "person": cast.volunteer,
        "area": add_area("示例社区", "500112016004", "community", parent=street, by=cast.office),
        "body": found_body("示例医院", "facility", area=street.path, by=cast.office),
        "point": register_point("示例校门", "school", street, lat=29.7, lon=106.6, by=cast.office),
        "point_post": post_at_point(cast.points["market"], cast.unit, "点长", by=cast.office),
    }
    ledger.seal()
    assert faults() == []
    return {kind: subjects()[kind].objects.get(pk=row.pk) for kind, row in found.items()}


def faults():
    return [str(fault) for fault in verify()]


def sql(statement, *values):
    connection.disable_constraint_checking()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def edited(row, column):
    """Another value of this column, as somebody with the password of the database might write it."""
    field = next(each for each in row._meta.concrete_fields if each.attname == column)
    value = NEW[field.get_internal_type()](getattr(row, column))
    if field.is_relation:
        value = field.related_model.objects.exclude(pk=getattr(row, column)).order_by("-pk").first().pk
    sql(f'UPDATE {row._meta.db_table} SET "{field.column}" = %s WHERE id = %s', value, row.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_of_any_column_is_named(rows, kind):
    row = rows[kind]
    for column in (*row.recorded_fields, *row.BOOKKEEPING):
        point = transaction.savepoint()
        edited(row, column)
        found = faults()
        assert found, column
        assert all(fault.startswith(f"{row.subject_word} {row.pk}: ") for fault in found)
        assert column in row.BOOKKEEPING or any(f": {column} " in fault for fault in found)
        transaction.savepoint_rollback(point)
    assert faults() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_was_put_in_is_named(rows, kind):
    """The same content under another number; the chain that it claims is not its own."""
    model, row = subjects()[kind], rows[kind]
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    other = {"id": 9001, "username": "ghost", "digest": "0" * 64, "path": "00090001", "code": "GHOST"}
    model.objects.bulk_create([model(**values | {name: other[name] for name in values if name in other})])
    assert faults() == [f"{model.subject_word} 9001: 有这一行，却没有任何事件"]
    with translation.override("en"):
        [told] = faults()
    assert told.endswith(" 9001: the row stands there without any event")


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_was_taken_away_is_named(rows, kind):
    row = rows[kind]
    sql(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)
    assert faults() == [f"{row.subject_word} {row.pk}: 事件还在，这一行却没有了"]


def test_a_password_set_by_sql_opens_the_door_and_is_named(rows, cast, client):
    """And no hash, neither the old one nor the new one, is printed."""
    hashed = make_password("password-by-sql")
    sql("UPDATE people_person SET password = %s WHERE id = %s", hashed, cast.office.pk)
    answer = client.post("/accounts/login/", {"login": "office", "password": "password-by-sql"})
    assert answer.status_code == 302
    assert faults() == [f"人员 {cast.office.pk}: password 不是事件里封存的那个值"]


def test_a_key_that_was_revived_by_sql_works_and_is_named(cast):
    secret = issue_token(cast.office, "接口", by=cast.office)
    revoked = revoke_token(Token.objects.get(), by=cast.office)
    assert person_with_token(secret) is None
    sql("UPDATE people_token SET revoked_at = NULL")
    assert person_with_token(secret) == cast.office
    [fault] = faults()
    assert fault.startswith(f"个人密钥 {revoked.pk}: revoked_at 现为 None，事件里是 '")


def test_a_new_salt_does_not_hide_an_edit(rows):
    """Whoever edits a name and takes a new salt is found by every sealed column."""
    person = rows["person"]
    sql("UPDATE people_person SET name = '另一个人', salt = %s WHERE id = %s", "0" * 32, person.pk)
    assert len(faults()) == len(person.sealed_fields)
