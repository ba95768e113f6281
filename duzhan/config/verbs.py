"""What each verb of the command line does. Each takes what was typed and returns an exit code, or None for 0."""

import csv
import getpass
import importlib
import io
import json
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now, parse_instant
from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import deliveries, proof, rollups
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.packet import packet
from duzhan.base.ledger.queries import ALL
from duzhan.base.ledger.verify import size
from duzhan.base.ledger.verify import verify as faults_of
from duzhan.base.uploads.actions import forget_given_up, forget_orphans
from duzhan.insight.figures import queries as figures
from duzhan.operations.models import Operation
from duzhan.operations.queries import operation_named
from duzhan.people.actions import appoint, found_body, issue_token, register_person
from duzhan.people.models import Body, Person, Post, Role, running
from duzhan.places.actions import enter_areas
from duzhan.places.queries import area_named
from duzhan.supervision.problems import texts
from duzhan.supervision.problems.models import Problem
from duzhan.supervision.problems.queries import number_in

from . import history, printed, reference

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds the worker rests when nothing is due
SWEEP = timedelta(days=1)
TOLD_EACH = 20_000  # events between two lines of progress
CHUNK = 2000


# --- figures ----------------------------------------------------------------------------------------------------


def report(asked):
    operation = _operation(asked.operation)
    area = _area(operation, asked.area)
    told = figures.figures(operation, **_instants(operation, asked), slice=_slice(area))
    for text in printed.FORMATS[asked.format](printed.Report(operation, area, told)):
        print(text, end="")


def records(asked):
    operation = _operation(asked.operation)
    area = _area(operation, asked.area)
    figure = figures.figure_named(asked.figure)
    found = figures.records(operation, figure.key, **_instants(operation, asked), slice=_slice(area))
    for line in printed.TABLES[asked.format](found, operation.tz):
        print(line, end="")


def counted(asked):
    """The same figures, by whichever engine."""
    if (asked.engine == "ledger") != (asked.source is None):
        raise BadInput(_("--source 与 --engine duckdb 或 spark 一起用。"), field="source")
    if asked.source is not None:
        told = history.figures(asked)
    else:
        operation = _operation(asked.operation)
        area = _area(operation, asked.area)
        found = figures.figures(operation, **_instants(operation, asked), slice=_slice(area))
        told = history.Counted(operation, area, found)
    for text in printed.FORMATS[asked.format](told):
        print(text, end="")


def _operation(code):
    try:
        return operation_named(code)
    except NotFound:
        known = "、".join(Operation.objects.order_by("code").values_list("code", flat=True)) or "—"
        sentence = _("没有代号为 %(code)s 的行动；有：%(known)s。") % {"code": code[:40], "known": known}
        raise NotFound(sentence, field="operation") from None


def _area(operation, text):
    return area_named(text, under=operation.area_path) if text is not None else None


def _slice(area):
    return ALL.narrowed(area=area.path) if area else ALL


def _instants(operation, asked):
    typed = {"as_of": asked.as_of, "known_at": asked.known_at}
    return {name: parse_instant(text, operation.tz) if text is not None else None for name, text in typed.items()}


# --- the ledger -------------------------------------------------------------------------------------------------


def verify(asked):
    """1 when there is a fault, each named in a line."""
    if asked.packet is not None:
        return _verify_packet(asked.packet)
    if asked.parquet is not None:
        return history.verify(asked, _progress())
    faults = 0
    for fault in faults_of(_progress()):
        faults += 1
        print(fault)
    there = size()
    words = {"events": there["events"], "seals": there["seals"], "faults": faults}
    print(_("事件 %(events)s 个，封条 %(seals)s 个，不符 %(faults)s 处。") % words)
    return 1 if faults else 0


def _progress():
    """A line on stderr that moves on a terminal, and one now and then elsewhere."""
    moving = sys.stderr is not None and sys.stderr.isatty()
    last = 0

    def told(done, of):
        nonlocal last
        if moving:
            print(f"\r\033[K{done} / {of}", end="" if done < of else "\n", file=sys.stderr, flush=True)
        elif done - last >= TOLD_EACH or done == of:
            last = done
            print(f"{done} / {of}", file=sys.stderr, flush=True)

    return told


def _verify_packet(path):
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        faults = proof.packet_faults(read)
        events = sum(map(len, read["subjects"]))
    except OSError as error:
        raise BadInput(_("证据包 %(path)s 读不了：%(error)s。") % {"path": path, "error": error.strerror}) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise BadInput(_("%(path)s 不是证据包。") % {"path": path}) from None
    for fault in faults:
        print(fault)
    words = {"events": events, "seals": len(read["seals"]), "faults": len(faults)}
    print(_("事件 %(events)s 个，封条 %(seals)s 个，不符 %(faults)s 处。") % words)
    return 1 if faults else 0


def export(asked):
    """The whole story of problems with its proofs, or every event of the operation, into a file of this account's."""
    operation = _operation(asked.operation) if asked.operation is not None else None
    if asked.parquet is not None:
        return history.export(asked, operation, _progress())
    if operation is None:
        raise BadInput(_("请写明导出哪个行动。"), field="operation")
    if asked.with_conduct:
        raise BadInput(_("--with-conduct 只与 --parquet 同用。"))
    if asked.events and asked.problem:
        raise BadInput(_("--events 导出整次行动的事件，不能与 --problem 同用。"))
    lines = _event_lines(operation) if asked.events else _packet_lines(operation, asked.problem)
    with _written(asked.out) as file:
        for line in lines:
            file.write(line)


def _packet_lines(operation, typed):
    numbers = [_number(operation, text) for text in typed]
    rows = Problem.objects.filter(operation=operation).order_by("pk")
    rows = rows.filter(pk__in=numbers) if typed else rows
    missing = set(numbers) - {problem.pk for problem in rows}
    if missing:
        named = "、".join(f"{operation.prefix}-{number:04d}" for number in sorted(missing))
        raise NotFound(_("本行动没有这些问题：%(named)s。") % {"named": named}, field="problem")
    yield json.dumps(packet(rows), ensure_ascii=False, indent=1) + "\n"


def _number(operation, text):
    number = number_in(text, operation)
    if number is None:
        raise BadInput(
            _("“%(text)s”不是问题编号；请写成 %(prefix)s-0017 或 17。")
            % {"text": text[:40], "prefix": operation.prefix}
        )
    return number


def _event_lines(operation):
    for event in (
        Event.objects.filter(book=operation.pk).order_by("at", "subject_kind", "subject_id", "seq").iterator(CHUNK)
    ):
        yield json.dumps({**event.content(), "digest": event.digest}, ensure_ascii=False) + "\n"


@contextmanager
def _written(path):
    """A file that is there whole or not at all, readable by this account alone; "-" is standard output."""
    if path == "-":
        yield sys.stdout or io.StringIO()
        return
    target = Path(path)
    try:
        handle, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BadInput(_("文件 %(path)s 写不了：%(error)s。") % {"path": path, "error": error.strerror}) from None
    try:
        with open(handle, "w", encoding="utf-8") as file:
            yield file
        if target.is_dir():
            raise BadInput(_("%(path)s 是一个目录，请写文件名。") % {"path": path})
        os.replace(made, target)
    finally:
        Path(made).unlink(missing_ok=True)


def seal(asked):
    made = ledger.seal()
    words = {"number": made.number, "events": made.last - made.first + 1, "digest": made.digest}
    print(_("第 %(number)s 号封条，封存事件 %(events)s 个：%(digest)s") % words)


# --- setting up -------------------------------------------------------------------------------------------------


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
        person = register_person(username, name, password=password)
        body = Body.objects.filter(name=office).first() or found_body(office, Body.Kind.OFFICE)
        appoint(person, body, Role.ADMIN)
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
    entered = enter_areas(_area_rows(asked.file))
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
    print(issue_token(person, asked.name, days=asked.days))


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


# --- running ----------------------------------------------------------------------------------------------------


def run(asked):
    """Becomes the web server; the worker is another process."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BadInput(_("数据库还没有建好，或不是这个版本的；先运行 duzhan init。"))
    _refuse_taken(asked.port)
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()
    os.environ.setdefault("DUZHAN_BASE_URL", f"http://127.0.0.1:{asked.port}")
    print(_("网页：http://127.0.0.1:%(port)s") % {"port": asked.port}, flush=True)
    os.execv(sys.executable, _server(asked.port, asked.workers))


def _server(port, workers) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "duzhan.config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", "8", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def _refuse_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            words = {"port": port, "error": error.strerror}
            raise BadInput(_("端口 %(port)s 用不了：%(error)s。请用 --port 换一个。") % words, field="port") from None


def work(asked):
    """Until SIGTERM or SIGINT, and then what is in hand is finished."""
    stopping = threading.Event()
    handlers = {
        number: signal.signal(number, lambda *_got: stopping.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        _work(stopping, asked.once)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _work(stopping, once):
    swept_at = None
    while not stopping.is_set():
        close_old_connections()
        try:
            busy = deliveries.carry_out() + rollups.settle() + texts.read_new()
            if swept_at is None or now() - swept_at >= SWEEP:
                forget_given_up()
                forget_orphans()
                swept_at = now()
        except (DatabaseError, OSError):
            if once:
                raise
            log.exception("the worker could not go on, and tries again")
            busy = 0
        if not busy:
            if once:
                return
            stopping.wait(PAUSE)


VERBS = {
    "report": report, "records": records, "figures": counted, "verify": verify, "export": export, "seal": seal, "init": init, "demo": demo,
    "areas": areas, "token": token, "run": run, "work": work, "docs": docs,
}  # fmt: skip
