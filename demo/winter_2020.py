"""冬季 2020: six places far apart look after the winter, each in its own way."""

from datetime import time

from demo import districts
from demo.pace import Pace
from demo.story import Story, local


def compose() -> Story:
    return districts.compose(
        "winter_2020",
        Pace(
            first=local("2020-11-04 08:00"),
            until=local("2020-11-21 18:00"),
            opens=time(9, 30),
            syncs=(time(12, 50), time(17, 55)),
            slots=(time(13, 30), time(21)),
            step=30,
            on_the_spot=0.2,
            photos=0.02,
        ),
    )
