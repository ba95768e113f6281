"""The ledger: recomputed, exported, sealed; what follows an event and was given up."""

import io
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import deliveries, proof, rollups
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.packet import packet
from duzhan.base.ledger.verify import size
from duzhan.base.ledger.verify import verify as faults_of
from duzhan.base.ui.spelling import seal_instant
from duzhan.insight.health import actions as health
from duzhan.insight.health.queries import health as how_it_stands
from duzhan.insight.health.queries import stuck
from duzhan.supervision.problems.models import Problem
from duzhan.supervision.problems.queries import number_in

from . import history
from .processes import LARGE, processes_for
from .question import asked_operation

TOLD_EACH = 20_000  # events between two lines of progress
CHUNK = 2000


def verify(asked):
    """1 when there is a fault, each named in a line."""
    if asked.resume is not None and (asked.packet, asked.parquet) != (None, None):
        raise BadInput(_("--resume 只用于核对账本，不能与 --packet、--parquet 同用。"), field="resume")
    if asked.packet is not None:
        return _verify_packet(asked)
    if asked.parquet is not None:
        return history.verify(asked, _progress())
    faults, is_large = 0, Event.objects.all()[LARGE:].exists()
    for fault in faults_of(_progress(), processes=processes_for(asked, is_large), kept=asked.resume):
        faults += 1
        print(fault)
    there = size()
    words = {"events": there["events"], "seals": there["seals"], "faults": faults}
    print(_("事件 %(events)s 个，封条 %(seals)s 个，不符 %(faults)s 处。") % words)
    return 1 if faults else 0


def rebuild(asked):
    """Whoever asks for figures meanwhile still sees the sums as they were."""
    many = rollups.rebuild(_progress())
    print(_("已从 %(many)s 个事件重新汇总。") % {"many": many})


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


def _verify_packet(asked):
    if asked.processes is not None:
        raise BadInput(_("核对证据包只用一个进程，不能写 --processes。"), field="processes")
    path = asked.packet
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
    operation = asked_operation(asked.operation) if asked.operation is not None else None
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


def given_up(asked):
    """How the worker stands and what it gave up; with --retry those are given five more tries."""
    if asked.retry or asked.retry_all:
        many = health.try_again(None if asked.retry_all else asked.retry)
        print(_("%(many)s 件再试，由后台去办。") % {"many": many})
        return
    told = how_it_stands()
    beat_at = seal_instant(told.beat_at) if told.beat_at else _("从未启动")
    words = {"beat": beat_at, "unsettled": told.unsettled, "waiting": told.waiting, "given_up": told.given_up}
    print(
        _("后台最近一次：%(beat)s。未入账的事件 %(unsettled)s 个，待送达 %(waiting)s 件，放弃 %(given_up)s 件。")
        % words
    )
    for one in stuck().order_by("pk"):
        state = _("放弃") if one.failures >= deliveries.TRIES else _("还会再试")
        subject = f"{one.event.subject_kind} {one.event.subject_id}"
        error = " ".join(one.error.split())
        print("\t".join([str(one.pk), state, one.event.kind, subject, one.handler, str(one.failures), error]))
