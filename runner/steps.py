"""Steps and what they show; programs that are asked, started and stopped."""

import ctypes
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Stop(Exception):
    """Duzhan cannot go on: a sentence in Chinese, the same in English, and the exit code."""

    def __init__(self, chinese, english, code=2):
        super().__init__(f"{chinese}\n{english}")
        self.code = code


def say(text):
    print(text, flush=True)


def step(title, command, **options):
    """Run a command, showing its last line and the seconds; all it said, if it fails."""
    started, lines = time.monotonic(), []
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    reader = threading.Thread(target=collect, args=(process.stdout, lines), daemon=True)
    reader.start()
    watch(title, process, lines, started)
    reader.join()
    seconds = time.monotonic() - started
    clear_line()
    if process.returncode:
        say(f"✗ {title}\n  $ {shlex.join(map(str, command))}\n" + "".join(f"  {line}\n" for line in lines[-40:]))
        raise Stop(f"“{title}”没有做成，原因见上。", f"“{title}” failed, for the reason above.", 1)
    say(f"✓ {title}  {seconds:.1f} s")
    return lines


def collect(stream, lines):
    with stream:
        for line in stream:
            lines.append(line.rstrip())


def watch(title, process, lines, started):
    """On a terminal one line that moves; elsewhere a line every ten seconds."""
    told = started
    try:
        while process.poll() is None:
            time.sleep(0.1)
            now = time.monotonic()
            last = re.sub(r"[^\x20-\x7e]", "", lines[-1])[:60] if lines else ""
            if sys.stdout.isatty():
                print(f"\r\033[K… {title}  {now - started:.0f} s  {last}", end="", flush=True)
            elif now - told >= 10:
                say(f"… {title}  {now - started:.0f} s  {last}")
                told = now
    except BaseException:
        process.terminate()
        process.wait()
        raise


def clear_line():
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


def answer(command, **options):
    """What a command prints, or None if it is not there or fails."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | options
    try:
        done = subprocess.run([str(part) for part in command], text=True, **options)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def start(command, death_signal=signal.SIGTERM, **options):
    """A child in a group of its own (Ctrl-C reaches it through us) that does not outlive us."""
    libc = ctypes.CDLL(None)
    set_parent_death_signal = 1
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=options.pop("cwd", ROOT),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: libc.prctl(set_parent_death_signal, death_signal),
        **options,
    )


def stop_all(children, with_signal=signal.SIGTERM):
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.send_signal(with_signal)
    for child in running:
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
