"""`dz run`: set up, tell the demo, serve it."""

import contextlib
import os
import re
import socket
import subprocess
import time

from runner.installing import setup
from runner.steps import PYTHON, ROOT, VENV, Stop, say, start, step, stop_all


def run(arguments):
    port = port_from(arguments)
    refuse_taken_port(port)
    setup()
    environment = {"DUZHAN_BASE_URL": f"http://127.0.0.1:{port}"} | os.environ
    step("数据库 · database", [PYTHON, "manage.py", "migrate", "--no-input"], env=environment)
    tell_demo(environment)
    serve(port, environment)


def port_from(arguments):
    if not arguments:
        return 8000
    if len(arguments) == 2 and arguments[0] == "--port" and re.fullmatch("[0-9]{1,5}", arguments[1]):
        port = int(arguments[1])
        if 0 < port < 65536:
            return port
    raise Stop(
        "写法：python3 dz run [--port 端口]，端口是 1 到 65535 的整数。",
        "usage: python3 dz run [--port PORT], a number from 1 to 65535.",
    )


def refuse_taken_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"端口 {port} 用不了（已有程序占用，或本账号无权使用）；请换一个：python3 dz run --port {port + 1}",
                f"port {port} cannot be had (taken, or not for this account); try: python3 dz run --port {port + 1}",
            ) from None


TELL = """
import django
django.setup()
from demo import accounts, tell
from duzhan.people.models import Person
if not Person.objects.exists():
    print("… 正在讲演示，要一两分钟 · telling the demo, a minute or two", flush=True)
    tell(progress=lambda line: print("✓ 演示 · demo ", line, flush=True))
rows = accounts()
if rows:
    print("\\n可以这样登录（演示账号）· who can sign in (demo):")
for username, password, who in rows:
    print(f"  {username:18} {password:18} {who}")
"""


def tell_demo(environment):
    """An empty database is told the demo; one with people in it is left alone. Says who can sign in."""
    command = [str(PYTHON), "-c", TELL]
    settings = {"DJANGO_SETTINGS_MODULE": "duzhan.config.settings"}
    if subprocess.call(command, cwd=ROOT, env=environment | settings):
        raise Stop("演示没有讲成，原因见上。", "the demo could not be told, for the reason above.", 1)


def serve(port, environment):
    """The web server and the worker, until Ctrl-C; if one ends, so does the other."""
    duzhan = VENV / "bin" / "duzhan"
    commands = {"worker": [duzhan, "work"], "server": [duzhan, "run", "--port", port]}
    children = {name: start(command, env=environment) for name, command in commands.items()}
    try:
        wait_for_port(port, children["server"])
        say(f"\n督战已就绪 · Duzhan is ready:  http://127.0.0.1:{port}\nCtrl-C 停止 · stops it\n")
        ended = wait_for_first(children)
    except KeyboardInterrupt:
        say("\n正在停止 · stopping")
        return
    finally:
        stop_all(children.values())
    raise Stop(
        f"{ended} 自己停了，原因见上；其余的也已停下。",
        f"{ended} ended by itself, for the reason above; so the rest was stopped.",
        1,
    )


def wait_for_first(children):
    """The name of the child that ends first."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                return name
        time.sleep(0.2)


def wait_for_port(port, server):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise Stop("网页服务没有起来，原因见上。", "the web server did not come up, for the reason above.", 1)
