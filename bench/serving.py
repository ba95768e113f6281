"""The product's own server on loopback, and how long it takes from the start of the process to the first answer."""

import contextlib
import os
import subprocess
import sys
import time
from statistics import median

from bench.conversation import Conversation
from bench.machine import Row
from duzhan.config.server import command
from runner.steps import free_port

STARTS = 5


def measure(options, say) -> list[Row]:
    """The limit is Python with Django and nothing of ours."""
    say("start to the first answer")
    took, bare = [], []
    for _ in range(min(STARTS, options.times)):
        began = time.perf_counter()
        with serving():
            took.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import django.core.handlers.wsgi, psycopg, ninja"], check=True)
        bare.append(1000 * (time.perf_counter() - began))
    what = "start of the server to its first answer (limit: imports)"
    return [Row(what, median(took), median(bare), "ms", asked=1500)]


@contextlib.contextmanager
def serving():
    """The product's own server, as `duzhan run` starts it, on a free port of loopback; ended with the block."""
    port = free_port()
    server = subprocess.Popen(command(port, workers=os.cpu_count()))
    try:
        _wait_for(port, server)
        yield port, server
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port, server):
    """Until it answers; a connection may be taken before there is anybody to answer."""
    for _ in range(2000):
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        with contextlib.suppress(OSError):
            Conversation(port, "dz_nobody").get("/api/me", 401)
            return
        time.sleep(0.01)
    raise RuntimeError("the server does not answer")
