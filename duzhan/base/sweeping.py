"""清理: what nobody needs any more is removed a little at a time, so that nobody waits for it."""

PORTION = 1000  # rows that one statement removes: for so few nobody waits long


def remove(rows, limit=PORTION) -> int:
    """Remove the first of some rows in their order, no more than `limit`; returns how many."""
    return rows.model.objects.filter(pk__in=rows.values("pk")[:limit]).delete()[0]
