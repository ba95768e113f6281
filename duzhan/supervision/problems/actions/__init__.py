"""Everything that changes a problem. One function per thing a person does; each is one event in one transaction.

Every action takes `by` (the person), `at` (when it took effect; None: now), `request_key` (a UUID: asked twice, done
once) and `via`. Each raises NotFound, NotAllowed, CannotMove or BadInput with a sentence, and then nothing is changed.
"""

from .carrying import DETAIL, NOTE, TITLE
from .found import find, find_many, finding, settle_found
from .handed_over import fix_on_the_spot, fix_on_the_spot_many, hand_over, hand_over_each, hand_over_many
from .rectified import accept, accept_many, add_evidence, ask_extension, report_rectified, report_rectified_many
from .steered import extend, merge, pause, press, press_many, reclassify, resume, transfer, withdraw
from .verified import close, close_many, relapse, send_back

__all__ = [
    "DETAIL", "NOTE", "TITLE", "accept", "accept_many", "add_evidence", "ask_extension", "close", "close_many", "extend",
    "find", "find_many", "finding", "fix_on_the_spot", "fix_on_the_spot_many", "hand_over", "hand_over_each",
    "hand_over_many", "merge", "pause", "press", "press_many", "reclassify", "relapse", "report_rectified",
    "report_rectified_many", "resume", "send_back", "settle_found", "transfer", "withdraw",
]  # fmt: skip
