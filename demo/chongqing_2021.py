"""重庆 2021: seven districts, from the morning of the first case to the reopening of schools."""

from datetime import time

from demo import districts
from demo.pace import Pace
from demo.story import Story, local


def compose() -> Story:
    return districts.compose(
        "chongqing_2021",
        Pace(
            first=local("2021-11-02 08:00"),
            until=local("2021-11-18 18:00"),
            shuts=time(16, 45),
            syncs=(time(11, 50), time(16, 50)),
            slots=(time(12, 10), time(17, 10), time(21, 10)),
            step=30,
            on_the_spot=0.35,
            photos=0.02,
            weights=(10, 14, 15, 15, 14, 14, 13, 12, 12, 11, 10, 10, 9, 9, 9, 8, 6),
        ),
    )
