"""The digests of proof.py, ten times as fast: the ledger makes them by the hundred, a court by the packet.

proof.py needs nothing but Python and says what a digest is; here orjson writes the same bytes. It spells floats
in another way and knows no integer beyond 64 bits: what holds such a number is left to proof.py. A test compares the
two over whatever JSON can say, and the two ways to a Merkle root.
"""

from hashlib import sha256
from itertools import islice
from types import NoneType

import orjson

from . import proof

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NO_FLOATS = {str, int, bool, NoneType}


def canonical(content) -> bytes:
    """`proof.canonical` of JSON content without NaN and infinities, which `plain` keeps out of the ledger."""
    return proof.canonical(content) if _holds_a_float(content) else _without_floats(content)


def event_digest(content: dict) -> str:
    """`proof.event_digest` of exactly the columns that it covers."""
    slow = _holds_a_float(content["facts"]) or _holds_a_float(content["changes"])  # its other columns cannot
    return sha256(proof.canonical(content) if slow else _without_floats(content)).hexdigest()


def _without_floats(content):
    try:
        return orjson.dumps(content, option=OPTIONS)
    except TypeError:
        return proof.canonical(content)


def _holds_a_float(content):
    if isinstance(content, dict):
        content = content.values()
    elif not isinstance(content, list | tuple):
        return isinstance(content, float)
    if _NO_FLOATS.issuperset(map(type, content)):
        return False
    return any(_holds_a_float(each) for each in content if type(each) not in _NO_FLOATS)


class Merkle(proof.Merkle):
    """`proof.Merkle`, grown by whole subtrees."""

    HEIGHT = 10

    def add_all(self, told) -> int:
        """Add digests, as many as there are, and nothing after them; returns how many."""
        told, many = iter(told), 0
        while leaves := list(islice(told, 1 << self.HEIGHT)):
            many += len(leaves)
            if len(leaves) == 1 << self.HEIGHT:
                self.grow(_node_over(bytes.fromhex("".join(leaves))), self.HEIGHT)
            else:
                for each in leaves:
                    self.add(each)
        return many


def _node_over(digests):
    level = [sha256(b"\x00" + digests[at : at + 32]).digest() for at in range(0, len(digests), 32)]
    while len(level) > 1:
        level = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)]
    return level[0]
