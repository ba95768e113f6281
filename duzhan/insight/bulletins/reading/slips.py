"""错码: where bytes were lost, what stands there is not what was written. Certain repairs are made, the rest is named."""

import re

LOST = re.compile("[\ufffd\ue000-\uf8ff]+")


def mend(draft):
    """The repairs made, as (start, end, before, after), and what stays unreadable, both in places of the original."""
    return [], [(draft.at[m.start()], draft.at[m.end()]) for m in LOST.finditer(draft.text)]
