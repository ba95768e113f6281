"""Setting up: tables, the first administrator, areas, keys, the demo, the reference pages."""

import csv
import getpass
import importlib
import secrets
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput, NotFound
from duzhan.config import reference
from duzhan.people.actions import appoint, found_body, issue_token, register_person
from duzhan.people.models import Body, Person, Post, Role, running
from duzhan.places.actions import enter_areas


def init(asked):
    """Make the tables, and the first administrator where there is none yet; may be repeated."""
    _check_username(asked.admin)
    call_command("migrate", interactive=False, verbosity=0)
    print(_("数据库已就绪。"))
    if asked.admin is None and Post.objects.filter(running(), role=Role.ADMIN).exists():
        print(_("已有系统管理员，没有新开账号。"))
        return
    username = asked.admin or _typed(_("管理员的账号"))
    if username is None:
        print(_("还没有系统管理员；请运行 duzhan init --admin 账号。"))
        return
    _check_username(username)
    _first_administrator(username, asked)


def _check_username(username):
    if username is None:
        return
    try:
        Person._meta.get_field("username").clean(username, None)
    except ValidationError as error:
        raise BadInput(_("账号不能用：%(why)s") % {"why": " ".join(error.messages)}, field="admin") from None


def _first_administrator(username, asked):
    name = asked.name or _typed(_("管理员的姓名")) or username
    office = asked.office or _typed(_("管理员所在单位")) or _("督导办")
    password, is_given = _password(asked.password_stdin)
    try:
        validate_password(password, Person(username=username, name=name))
    except ValidationError as error:
        raise BadInput(_("密码不能用：%(why)s") % {"why": " ".join(error.messages)}, field="password") from None
    with transaction.atomic():
        person = register_person(username, name, by=None, password=password)
        body = Body.objects.filter(name=office).first() or found_body(office, Body.Kind.OFFICE, by=None)
        appoint(person, body, Role.ADMIN, by=None)
    print(
        _("已开账号 %(username)s（%(name)s），任%(office)s的系统管理。")
        % {"username": username, "name": name, "office": office}
    )
    if not is_given:
        print(_("密码（只显示这一次）：%(password)s") % {"password": password})


def _password(from_stdin):
    """What was given, or one made up: (password, whether it was given)."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), True
    if _asks():
        first = getpass.getpass(_("密码（不写就生成一个）：") + " ")
        if first and getpass.getpass(_("再写一次：") + " ") != first:
            raise BadInput(_("两次写的密码不一样。"), field="password")
        if first:
            return first, True
    return secrets.token_urlsafe(15), False


def _typed(prompt):
    """What somebody at a terminal answers; None where nobody sits at one."""
    return input(f"{prompt}: ").strip() or None if _asks() else None


def _asks():
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def areas(asked):
    """Enter the areas of a table, all or none; those that are there already stay as they are."""
    entered = enter_areas(_area_rows(asked.file), by=None)
    print(_("录入区域 %(many)s 个。") % {"many": len(entered)})


def _area_rows(path):
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            rows = [{head: (cell or "").strip() for head, cell in row.items() if head} for row in table]
    except OSError as error:
        raise BadInput(_("文件 %(path)s 读不了：%(error)s。") % {"path": path, "error": error.strerror}) from None
    except (UnicodeDecodeError, csv.Error):
        raise BadInput(_("%(path)s 不是 UTF-8 的 CSV 表。") % {"path": path}) from None
    missing = [head for head in ("code", "name") if rows and head not in rows[0]]
    if missing or not rows:
        raise BadInput(_("%(path)s 没有表头 code,name，或没有一行。") % {"path": path})
    return rows


def token(asked):
    """Print a personal key, this once."""
    person = Person.objects.filter(username=asked.person).first()
    if person is None:
        raise NotFound(_("没有账号 %(username)s。") % {"username": asked.person[:40]}, field="person")
    print(issue_token(person, asked.name, by=None, days=asked.days))


def demo(asked):
    """Tell the demo. Without names, a database in which there are people already is left alone."""
    call_command("migrate", interactive=False, verbosity=0)
    try:
        told = importlib.import_module("demo")
    except ModuleNotFoundError as error:
        if error.name != "demo":
            raise
        raise NotFound(_("这里没有示例：装的是不带示例的版本。")) from None
    if not asked.names and Person.objects.exists():
        print(_("数据库里已有账号，示例没有写进去。"))
    else:
        told.tell(asked.names or None, progress=lambda line: print(line, flush=True))
    for username, password, who in told.accounts():
        print(f"{username:20} {password:14} {who}")


def docs(asked):
    root = Path(settings.ROOT)
    if asked.check:
        stale = reference.check(root)
        for path in stale:
            print(_("过时：%(path)s") % {"path": path.relative_to(root)})
        return 1 if stale else 0
    for path in reference.write(root):
        print(path.relative_to(root))
    return 0
