"""The fast digests are those of proof.py, which anybody can check with Python alone."""

import math
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duzhan.base.ledger import digests, proof
from duzhan.base.ledger.plain import plain
from duzhan.supervision.problems.flow import Stage

TEXTS = st.text(st.characters(codec="utf-8"))  # no half surrogates: neither can be written as UTF-8
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
CONTENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=40)


@given(CONTENTS)
@example(1e16)
@example({"a": [0.1, -0.0, 1e-7, 5e-324, 1.7976931348623157e308]})
@example(
    {"text, 3.5": '1:2.5,3e7 \x7f\u2028\x00\x1f\b\f\n\r\t"\\/', "\U0001f600": "\uffff", "é": 2**63, "z": 2**64 - 1}
)
@example({"\ud7ff": 1, "\ue000": 2, "\U00010000": 3, "Z": 4, "a": 5, "": 6})
@example([2**64, -(2**63) - 1, 10**40])
def test_the_same_bytes_for_whatever_json_can_say(content):
    assert digests.canonical(content) == proof.canonical(content)


def test_words_of_a_choice_are_their_codes():
    content = {"now": Stage.FOUND, "facts": {"stage": [Stage.CLOSED]}}
    assert digests.canonical(content) == proof.canonical(content)


def test_a_half_surrogate_is_refused_by_both():
    for canonical in (digests.canonical, proof.canonical):
        with pytest.raises(UnicodeEncodeError):
            canonical({"text": "\ud800"})


@pytest.mark.parametrize("value", [datetime(2022, 11, 25, tzinfo=UTC), uuid4()])
def test_what_is_not_json_yet_becomes_so_in_one_way(value):
    assert digests.canonical(plain(value)) == proof.canonical(plain(value))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_outside_json_enters_the_ledger(value):
    with pytest.raises(ValueError, match="JSON"):
        plain({"amount": [value]})


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.timezones()))
def test_an_instant_is_written_as_it_always_was(instant):
    expected = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert plain(instant) == expected


@pytest.mark.parametrize("many", [0, 1, 2, 3, 1023, 1024, 1025, 2048, 3000])
def test_the_same_root_over_however_many(many):
    told = [f"{number:064x}" for number in range(many)]
    slow, fast = proof.Merkle(), digests.Merkle()
    for each in told:
        slow.add(each)
    assert fast.add_all(told) == many
    assert fast.root() == slow.root()
