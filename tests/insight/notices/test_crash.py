"""A worker that is killed in the middle of telling: everybody is told of each step, and nobody twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from django.db import connection

from duzhan.base.ledger.models import Delivery
from duzhan.insight.notices.models import Notice
from duzhan.supervision.problems.flow import Stage
from tests.base.ledger.test_deliveries import database_url, wait_for_the_lease
from tests.builders.problems import problem_at

VICTIM = """
import time
from datetime import timedelta
import django
django.setup()
from duzhan.base.ledger import deliveries
from duzhan.insight.notices import actions
from duzhan.insight.notices.models import Notice

told, written = actions.tell, 0
deliveries.LEASE = timedelta(seconds=1)

def slow(event):  # the real one, and then so long a pause that it can be killed before it is marked as done
    global written
    written += told(event)
    if written:
        print("told", Notice.objects.count(), flush=True)
        time.sleep(60)

actions.tell = slow
while deliveries.carry_out(1):
    pass
"""


def test_each_is_told_once_though_the_worker_was_killed_while_telling(lasting_cast):
    stages = (Stage.HANDED_OVER, Stage.HANDED_OVER, Stage.RECTIFIED, Stage.CLOSED)
    brought = [problem_at(lasting_cast, stage).pk for stage in stages]
    victim = started("-c", VICTIM)
    assert victim.stdout.readline().startswith("told "), victim.communicate()[1]
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    assert not Notice.objects.exists()  # what it had written went with it
    wait_for_the_lease()
    survivor = started("-m", "duzhan.config.cli", "work", "--once")
    _out, said = survivor.communicate(timeout=90)
    assert survivor.returncode == 0, said
    assert not Delivery.objects.filter(done_at=None).exists()
    waiting = Counter(
        Notice.objects.filter(read_at=None, overtaken_at=None).values_list("subject_id", "kind", "person")
    )
    cast, (first, second, rectified, closed) = lasting_cast, brought
    assert waiting == Counter({
        (first, "problem.hand_over", cast.unit.pk): 1,
        (second, "problem.hand_over", cast.unit.pk): 1,
        (rectified, "problem.report_rectified", cast.office.pk): 1,
        (rectified, "problem.report_rectified", cast.verifier.pk): 1,
        (closed, "problem.close", cast.unit.pk): 1,
    })  # fmt: skip


def started(*arguments):
    environment = {
        **os.environ, "DUZHAN_DATABASE_URL": database_url(connection), "DJANGO_SETTINGS_MODULE": "duzhan.config.settings",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=Path(__file__).resolve().parents[3], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
