"""历史出库: the events of operations as Parquet files by day, proven by the ledger's seals, and questions answered over them.

A folder of history holds `manifest.json` and Parquet files that are written once and never again:

    events/operation=yubei-2022/day=2022-11-25/0000000001-0000000412.parquet
    withheld/0000000001-0000000412.parquet      of what stays inside: place in the order and digest, nothing else

A file holds what one export found recorded on one day (in the operation's zone), whenever it took effect; a name says
which places in the ledger's order it lies between. What is recorded later goes into further files, so that what was
known at an instant is known from the same files for ever.
"""
