"""The command line of an office that begins: its first administrator, its areas from a table, keys for its programs."""

import io
import shutil
import sys
from pathlib import Path

import pytest

from duzhan.base.ledger.models import Event
from duzhan.config.cli import main
from duzhan.people.models import Person, Post, Role, Token
from duzhan.people.queries import person_with_token
from duzhan.places.models import Area
from tests.config.cli.rows import state


def test_init_opens_the_first_administrator_once(transactional_db, say):
    code, out, _err = say("init", "--admin", "root-of-all", "--name", "示例人员甲", "--office", "示例督导办")
    assert code == 0
    [post] = Post.objects.filter(role=Role.ADMIN)
    assert (post.person.username, post.person.name, str(post.body), post.area) == (
        "root-of-all",
        "示例人员甲",
        "示例督导办",
        "",
    )
    password = out.strip().rsplit("：", 1)[1]
    assert post.person.check_password(password)
    assert Event.objects.filter(kind="post.appoint").count() == 1
    code, out, _err = say("init")
    assert code == 0
    assert "已有系统管理员" in out
    assert say("init", "--admin", "root-of-all")[0] == 2
    assert Person.objects.count() == 1


def test_init_without_a_name_says_what_to_do(transactional_db, say):
    code, out, _err = say("init")
    assert code == 0
    assert "duzhan init --admin" in out
    assert not Person.objects.exists()


@pytest.mark.parametrize(("password", "code"), [("kurz", 2), ("1234567890123", 2), ("a-long-and-odd-one", 0)])
def test_init_reads_a_password(transactional_db, say, monkeypatch, password, code):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    told, out, _err = say("init", "--admin", "admin-one", "--password-stdin")
    assert told == code
    assert password not in out
    assert [person.check_password(password) for person in Person.objects.all()] == ([True] if code == 0 else [])


def test_the_demo_is_not_told_into_a_database_with_people(cast, say):
    before = state()
    code, out, _err = say("demo")
    assert code == 0
    assert "数据库里已有账号" in out
    assert state() == before


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


def test_docs_are_written_and_checked(db, say, tmp_path, settings):
    shutil.copy(Path(settings.ROOT) / "dz", tmp_path / "dz")
    settings.ROOT = tmp_path
    assert say("docs", "--check")[0] == 1
    code, out, _err = say("docs")
    assert code == 0
    assert "docs/reference/figures.md" in out.splitlines()
    assert say("docs", "--check") == (0, "", "")
    assert say("docs") == (0, "", "")
