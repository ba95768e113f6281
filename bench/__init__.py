"""What Duzhan costs, beside what the machine itself can do in the same run.

A number of seconds says little on a shared machine; the ratio to the physical limit, measured a moment before or
after on the same tables, does. Nothing here is a test: a slow machine fails nothing.
"""
