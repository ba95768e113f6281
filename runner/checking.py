"""`dz check`, `fix`, `docs` and `bench`: checking, writing, measuring."""

import os
import subprocess

from runner.debian import install_from_debian
from runner.installing import install_history, setup
from runner.postgresql import postgres
from runner.steps import PYTHON, ROOT, VENV, Stop, step

CHECKS = {
    "写法 · ruff": ["ruff", "check"],
    "排版 · ruff format": ["ruff", "format", "--check"],
    "谁可以引用谁 · import contracts": ["lint-imports", "--no-cache"],
    "设置 · Django": ["python", "manage.py", "check", "--fail-level", "WARNING"],
    "表结构 · migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


def in_venv(command):
    return [VENV / "bin" / command[0], *command[1:]]


def check(_arguments):
    setup("dev")
    failed = []
    for title, command in CHECKS.items():
        try:
            step(title, in_venv(command))
        except Stop:
            failed.append(title)
    if failed:
        raise Stop(f"没有通过：{'；'.join(failed)}", f"not passed: {'; '.join(failed)}", 1)


def fix(_arguments):
    setup("dev")
    step("写法 · ruff", in_venv(["ruff", "check", "--fix", "--exit-zero"]))
    step("排版 · ruff format", in_venv(["ruff", "format"]))


def docs(arguments):
    setup("dev")
    raise SystemExit(subprocess.call([VENV / "bin" / "duzhan", "docs", *arguments], cwd=ROOT))


def bench(arguments):
    setup("dev")
    if arguments[:1] == ["reader"]:  # reads texts, wants no database
        raise SystemExit(subprocess.call([PYTHON, "-m", "bench.reader", *arguments[1:]], cwd=ROOT))
    install_history()
    install_from_debian(["--postgres", "--sqlite"])  # with the browser, for the pages
    with postgres(durable=True) as address:
        environment = os.environ | {"DUZHAN_DATABASE_URL": address}
        code = subprocess.call([PYTHON, "-m", "bench", *arguments], cwd=ROOT, env=environment)
    raise SystemExit(code)
