"""The command line of an office that begins: its areas from a table, and keys for its programs."""

import pytest

from duzhan.config.cli import main
from duzhan.people.models import Token
from duzhan.people.queries import person_with_token
from duzhan.places.models import Area


def table(tmp_path, text):
    path = tmp_path / "areas.csv"
    path.write_bytes(text)
    return str(path)


@pytest.mark.django_db
def test_areas_are_entered_from_a_table(tmp_path, capsys):
    path = table(tmp_path, "\ufeffcode,name,short_name\n500112,渝北区,渝北\n500000,重庆市,\n".encode())
    assert main(["areas", path]) == 0
    assert "2" in capsys.readouterr().out
    assert Area.objects.get(code="500112").short_name == "渝北"
    assert main(["areas", path]) == 0
    assert Area.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "why"),
    [(b"", "表头"), (b"id,title\n1,2\n", "表头"), (b"code,name\n\xff\xfe,x\n", "UTF-8"), ("code,name\n123456789012345,太长\n".encode(), "第 1 行")],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused(tmp_path, capsys, text, why):
    assert main(["areas", table(tmp_path, text)]) == 2
    assert why in capsys.readouterr().err
    assert not Area.objects.exists()


def test_a_key_is_shown_once_and_works(cast, capsys):
    assert main(["token", "office", "--name", "测试程序", "--days", "7"]) == 0
    secret = capsys.readouterr().out.strip()
    assert person_with_token(secret) == cast.office
    assert secret not in str(Token.objects.values())


def test_a_key_for_nobody_is_refused(cast, capsys):
    assert main(["token", "nobody", "--name", "测试程序"]) == 2
    assert "nobody" in capsys.readouterr().err
    assert not Token.objects.exists()
