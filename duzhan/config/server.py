"""How Duzhan is served: one place for `duzhan run` and for the bench."""

import sys

THREADS = 8  # each waits for the database most of the time; with more, they wait for each other


def command(port, workers=1) -> list[str]:
    """The command line of the web server, on loopback: so many processes, each with its threads."""
    return [
        sys.executable, "-m", "gunicorn", "duzhan.config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(THREADS), "--keep-alive", "30", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip
