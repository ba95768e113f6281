"""青海 2021: nine groups in Xining, three sectors in Haidong, one hospital whose equipment does not work."""

from datetime import time

from demo import districts
from demo.pace import Pace
from demo.story import Story, local


def compose() -> Story:
    return districts.compose(
        "qinghai_2021",
        Pace(
            first=local("2021-10-29 08:00"),
            until=local("2021-11-12 18:00"),
            opens=time(8),
            syncs=(time(11, 50), time(16, 50), time(17, 55)),
            slots=(time(12, 10), time(17, 10), time(21, 10)),
            closing="close_on_paper",
            on_the_spot=0.45,
            photos=0.02,
        ),
    )
