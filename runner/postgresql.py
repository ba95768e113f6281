"""A PostgreSQL to throw away."""

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import tempfile
import time
from pathlib import Path

from runner.steps import Stop, answer, free_port, say, start, step, stop_all

CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
QUARTER = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
# what docs/run/postgresql.md tells an office to set
IN_EARNEST = {"shared_buffers": f"{QUARTER}MB", "max_wal_size": "8GB", "checkpoint_timeout": "15min"}


def postgres_folder():
    """Where initdb and postgres are; the newest if there are several."""
    folders = [Path(found).parent for found in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    folders.sort(key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return folders[-1] if folders else Path(on_path).resolve().parent if on_path else None


def unprivileged():
    """PostgreSQL refuses to run as root: then its own account, or nobody's, does it."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def postgres(durable=False):
    """A PostgreSQL of our own on a free port of this machine; yields its address; gone afterwards.

    `durable`: set as an office sets it, and writes wait for the disk (for the bench; tests need not).
    """
    folder, account = postgres_folder(), unprivileged()
    home = Path(tempfile.mkdtemp(prefix="duzhan-postgresql-"))
    password, port = secrets.token_hex(16), free_port()
    try:
        (home / "password").write_text(password)
        if account:
            for path in (home, home / "password"):
                os.chown(path, account["user"], account["group"])
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)}
        options = ["--locale=C.UTF-8", "--encoding=UTF8", "--username=duzhan", f"--pwfile={home}/password"]
        command = [
            folder / "initdb",
            f"--pgdata={home}/cluster",
            "--auth=scram-sha-256",
            "--no-sync",
            *options,
        ]
        step("测试用 PostgreSQL · PostgreSQL for the tests", command, env=environment, **account)
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": home, "max_connections": 200}
        settings |= IN_EARNEST if durable else CARELESS
        command = [folder / "postgres", "-D", home / "cluster", "-p", str(port)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(home / "log", "w") as log:
            server = start(command, signal.SIGINT, cwd=home, env=environment, stdout=log, stderr=log, **account)
        try:
            wait_for_postgres(folder, port, server, home / "log")
            yield f"postgresql://duzhan:{password}@127.0.0.1:{port}/postgres"
        finally:
            stop_all([server], signal.SIGINT)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait_for_postgres(folder, port, server, log):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        if answer([folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]) is not None:
            return
        time.sleep(0.1)
    say(log.read_text()[-4000:])
    raise Stop("PostgreSQL 没有起来，原因见上。", "PostgreSQL did not come up, for the reason above.", 1)
