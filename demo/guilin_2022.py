"""桂林 2022: ten joint groups look for what is left undone, and for what is overdone."""

from datetime import time

from demo import districts
from demo.pace import Pace
from demo.story import Story, local


def compose() -> Story:
    return districts.compose(
        "guilin_2022",
        Pace(
            first=local("2022-11-13 08:00"),
            until=local("2022-11-25 18:00"),
            syncs=(time(11, 50), time(16, 50), time(17, 55)),
            slots=(time(12, 10), time(17, 10), time(21, 10)),
            on_the_spot=0.25,
            photos=0.06,
        ),
    )
