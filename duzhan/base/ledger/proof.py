"""Digests, chains and seals, with the standard library alone.

This file needs nothing else of Duzhan: `python3 proof.py PACKET.json` checks an exported packet on any machine.
Events are hashed as canonical JSON (sorted keys, no spaces, UTF-8); seals are Merkle roots in the manner of
RFC 6962 §2.1 (leaf prefix 00, node prefix 01), each chained to the seal before.
"""

import hashlib
import hmac
import json
import sys
from itertools import pairwise

FIRST = "0" * 64  # what the first event of a subject and the first seal follow

EVENT_FIELDS = (
    "id book kind subject_kind subject_id seq at recorded_at actor via was now "
    "area unit group place place_kind topic due was_due amount facts changes prev"
).split()
SEAL_FIELDS = "number first last root prev at".split()


def canonical(content) -> bytes:
    """One byte string for one content, whatever the order of its keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(content) -> str:
    """SHA-256 over the canonical form, as 64 hexadecimal characters."""
    return hashlib.sha256(canonical(content)).hexdigest()


def fingerprint(salt: str, name: str, value) -> str:
    """What stands in the ledger for a sealed column: HMAC-SHA-256 of its name and value, keyed with the row's salt.

    Whoever has the salt can check a value against it; without the salt it says nothing, not even that two are alike.
    """
    return f"sealed:{hmac.new(salt.encode(), canonical([name, value]), hashlib.sha256).hexdigest()}"


def event_digest(event: dict) -> str:
    """The digest of one event; `prev` inside it ties it to the event before of the same subject."""
    return digest({name: event[name] for name in EVENT_FIELDS})


def seal_digest(seal: dict) -> str:
    return digest({name: seal[name] for name in SEAL_FIELDS})


def _leaf(digest_hex):
    return hashlib.sha256(b"\x00" + bytes.fromhex(digest_hex)).digest()


def _node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(digests):
    """The tree from the leaves up; a node without a partner rises as it is."""
    level = [_leaf(each) for each in digests]
    yield level
    while len(level) > 1:
        level = [_node(level[i], level[i + 1]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
        yield level


class Merkle:
    """The root over event digests that come one after the other: a stack of whole subtrees, no list of them all."""

    def __init__(self):
        self.subtrees = []  # (height, node), the highest first

    def add(self, digest_hex):
        self.grow(_leaf(digest_hex), 0)

    def grow(self, node, height):
        """Add a whole subtree of this height; none lower stands before it."""
        while self.subtrees and self.subtrees[-1][0] == height:
            node, height = _node(self.subtrees.pop()[1], node), height + 1
        self.subtrees.append((height, node))

    def root(self) -> str:
        """As hexadecimal; of nothing, the hash of nothing."""
        nodes = [node for _height, node in self.subtrees]
        while len(nodes) > 1:
            right = nodes.pop()
            nodes[-1] = _node(nodes[-1], right)
        return nodes[0].hex() if nodes else hashlib.sha256(b"").hexdigest()


def merkle_path(digests: list, index: int) -> list:
    """The partners on the way from leaf `index` to the root: [[side, hex], ...], side "l" or "r"."""
    path = []
    for level in _levels(digests):
        partner = index ^ 1
        if partner < len(level) and len(level) > 1:
            path.append(["l" if partner < index else "r", level[partner].hex()])
        index //= 2
    return path


def root_from_path(digest_hex: str, path: list) -> str:
    """Where a leaf and its partners lead: equal to the seal's root if the leaf was under it."""
    node = _leaf(digest_hex)
    for side, partner in path:
        other = bytes.fromhex(partner)
        node = _node(other, node) if side == "l" else _node(node, other)
    return node.hex()


def packet_faults(packet: dict) -> list:
    """What is wrong with an exported packet, each in a line in both languages; an empty list when nothing is.

    A packet is {"subjects": [[event, ...], ...], "seals": [...], "proofs": {event id: [seal number, path]}}.
    """
    faults = []
    seals = {seal["number"]: seal for seal in packet["seals"]}
    for seal in packet["seals"]:
        if seal_digest(seal) != seal["digest"]:
            faults.append(_seal(seal["number"], "做成以后被改过", "its digest does not fit its content"))
    for before, after in pairwise(sorted(seals)):
        if after == before + 1 and seals[after]["prev"] != seals[before]["digest"]:
            faults.append(_seal(after, f"与封条 {before} 衔接不上", f"does not follow seal {before}"))
    for events in packet["subjects"]:
        faults += _chain_faults(events)
        for event in events:
            faults += _proof_faults(event, packet["proofs"].get(event["id"]), seals)
    return faults


def _chain_faults(events):
    prev = FIRST
    for number, event in enumerate(events, 1):
        if event["seq"] != number:
            yield _event(event, f"第 {number} 个事件缺失或次序不对", f"no. {number} is missing or out of order")
        if event["prev"] != prev:
            yield _event(event, "与前一个事件衔接不上", "does not follow the event before it")
        if event_digest(event) != event["digest"]:
            yield _event(event, "写下以后内容被改过", "its digest does not fit its content")
        prev = event["digest"]


def _proof_faults(event, proof, seals):
    if proof is None:
        return  # not sealed yet: the chain alone speaks for it
    number, path = proof
    if number not in seals or root_from_path(event["digest"], path) != seals[number]["root"]:
        yield _event(event, f"不在封条 {number} 之下", f"is not under seal {number}")


def _seal(number, chinese, english):
    return f"封条 {number}：{chinese} · seal {number}: {english}"


def _event(event, chinese, english):
    what = f"{event['subject_kind']} {event['subject_id']}"
    return f"{what} 第 {event['seq']} 个事件 {event['id']}：{chinese} · event no. {event['seq']} of {what}: {english}"


def main(arguments) -> int:
    if len(arguments) != 1:
        print("用法 · usage: python3 proof.py PACKET.json", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            packet = json.load(file)
        faults = packet_faults(packet)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{arguments[0]}：不是证据包 · not a readable packet: {error!r}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault)
    events, seals = sum(map(len, packet["subjects"])), len(packet["seals"])
    print(
        f"事件 {events} 个，封条 {seals} 个，不符 {len(faults)} 处 · {events} events, {seals} seals, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
