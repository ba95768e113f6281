"""How many processes share a long reading."""

import os

LARGE = 200_000  # events from which on more than one process pays


def processes_for(asked, is_large) -> int:
    """As many as were asked for; of themselves one, and for much to read one a core."""
    return asked.processes or (os.cpu_count() or 1 if is_large else 1)
