"""`dz test`: every test, on SQLite and on PostgreSQL."""

import os
import subprocess

from runner.debian import chromium, install_from_debian
from runner.installing import install_history, setup
from runner.postgresql import postgres
from runner.steps import PYTHON, ROOT, Stop, say, stop_all


def test(arguments):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    ours, for_pytest = arguments[:split], arguments[split + 1 :]
    if not set(ours) <= {"--sqlite", "--postgres"}:
        raise Stop(
            "写法：python3 dz test [--sqlite] [--postgres] [-- pytest 的参数]",
            "usage: python3 dz test [--sqlite] [--postgres] [-- arguments for pytest]",
        )
    databases = [name for name in ("--sqlite", "--postgres") if name in ours] or ["--sqlite", "--postgres"]
    setup("dev")
    install_history()
    install_from_debian(databases)
    codes = []
    if "--sqlite" in databases:
        codes.append(pytest("SQLite", None, "not postgres", for_pytest))
    if "--postgres" in databases:
        with postgres() as address:
            codes.append(pytest("PostgreSQL", address, "not browser", for_pytest))
    nothing_chosen = 5  # pytest's code when its arguments fit no test: fair on one database, not on all
    if for_pytest and any(code == 0 for code in codes):
        codes = [code for code in codes if code != nothing_chosen]
    raise SystemExit(max(codes))


def pytest(name, address, marked, arguments):
    say(f"\n── {name} " + "─" * 60)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DUZHAN_")}
    environment |= {"DUZHAN_DATABASE_URL": address} if address else {}
    environment |= {"DUZHAN_TEST_CHROMIUM": chromium() or ""}
    spread = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadgroup"]
    command = [str(PYTHON), "-m", "pytest", "-m", marked, *spread, *arguments]
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return child.wait()
    finally:
        stop_all([child])
