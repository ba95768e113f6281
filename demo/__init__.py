"""Five real operations retold as scripts of real actions, so that there is something to look at on the first day.

Whatever a page or a report of them shows was counted from what people did in the story: nothing is written in by hand.
Persons are invented and marked as such; areas and numbers are those that public reports of the time name.
"""

from demo.telling import accounts, tell

__all__ = ["accounts", "tell"]
