"""The two processes: the pages and the worker."""

import logging
import os
import signal
import socket
import sys
import threading
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput
from duzhan.base.ledger import deliveries, rollups
from duzhan.base.uploads.actions import forget_given_up, forget_orphans
from duzhan.config import server, sessions, sign_in
from duzhan.insight.health.actions import beat
from duzhan.insight.notices.actions import forget_settled
from duzhan.people.actions import stand_down_ended
from duzhan.supervision.problems import texts

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds the worker rests when nothing is due
BEAT = timedelta(seconds=10)  # between two signs of life
SWEEP = timedelta(days=1)


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
    os.execv(sys.executable, server.command(asked.port, asked.workers))


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
    started_at = now()
    beat_at, sweeping = None, _Sweeping()
    while not stopping.is_set():
        close_old_connections()
        try:
            if beat_at is None or now() - beat_at >= BEAT:
                beat(started_at)
                beat_at = now()
            busy = deliveries.carry_out() + rollups.settle() + texts.read_new() + stand_down_ended()
            busy += sweeping.go_on()
        except (DatabaseError, OSError):
            if once:
                raise
            log.exception("the worker could not go on, and tries again")
            busy = 0
        if not busy:
            if once:
                return
            stopping.wait(PAUSE)


class _Sweeping:
    """清理: once a day, a little at a time, so that what has just happened does not wait for what is long past."""

    def __init__(self):
        self.done_at = None

    def go_on(self) -> int:
        """Sweep one portion of what is due to go; returns how many rows went."""
        if self.done_at and now() - self.done_at < SWEEP:
            return 0
        gone = deliveries.forget_done(settings.DUZHAN_KEEP_DELIVERIES) + forget_settled(settings.DUZHAN_KEEP_NOTICES)
        gone += sessions.forget_ended() + sign_in.forget_sign_ins(settings.DUZHAN_KEEP_SIGN_INS)
        if not gone:
            forget_given_up()
            forget_orphans()
            self.done_at = now()
        return gone
