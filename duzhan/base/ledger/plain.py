"""Values as they stand in the ledger, and numbers for its events."""

import os
import time
import uuid
from datetime import UTC, date, datetime
from datetime import time as clock_time
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from types import NoneType


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562 §5.7): milliseconds first, so that ids made later sort later."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return uuid.UUID(int=value)


AS_THEY_ARE = {int, bool, NoneType}


def plain(value):
    """A value as it stands in the ledger: JSON only, instants in UTC with microseconds."""
    kind = type(value)
    if kind in AS_THEY_ARE:
        return value
    if kind is str:
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, datetime):
        return _plain_instant(value if value.tzinfo is UTC else value.astimezone(UTC))
    return _plain_of_the_rarer(value)


@lru_cache(4096)  # what is recorded at once holds few different instants, each in many places
def _plain_instant(instant):
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def _plain_of_the_rarer(value):
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if isinstance(value, date | clock_time):
        return value.isoformat()
    if isinstance(value, str):
        return str(value).replace("\x00", "")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{value} is no number that JSON knows")
    return value


def differs(name, before, after) -> bool:
    """Is this column another to the ledger than it was?"""
    if name not in before:
        return True
    # what is typed 2022-11-25 and what is loaded as that day are the same to the ledger
    return before[name] != after[name] and plain(before[name]) != plain(after[name])
