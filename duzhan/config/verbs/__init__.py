"""What each verb of the command line does. Each takes what was typed and returns an exit code, or None for 0."""

from .books import export, given_up, rebuild, seal, verify
from .bulletins import read
from .numbers import counted, records, report
from .running import run, work
from .setting_up import areas, demo, docs, init, token

VERBS = {
    "report": report, "records": records, "figures": counted, "verify": verify, "rebuild": rebuild, "export": export, "seal": seal,
    "deliveries": given_up, "init": init, "demo": demo, "areas": areas, "token": token, "run": run, "work": work, "docs": docs,
    "read": read,
}  # fmt: skip
