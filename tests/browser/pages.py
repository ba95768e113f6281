"""The pages that tests walk through, with something on each of them."""

from duzhan.supervision.inspections.actions import record_visit
from tests.people import NOON

OFFICE_PAGES = [
    "/", "/problems/", "/problems/new/", "/visits/", "/visits/helps/", "/points/", "/points/new/", "/meeting/", "/meeting/all/",
    "/meeting/decisions/", "/reports/", "/reports/today/", "/reports/live/", "/reports/self/", "/figures/", "/bulletins/", "/bulletins/new/", "/operations/",
    "/operations/yubei-test/", "/people/me/", "/docs/", "/accounts/password/change/",
]  # fmt: skip
UNIT_PAGES = ["/problems/inbox/", "/problems/", "/points/"]


def a_day_of_work(cast):
    """A visit with two problems, one of them handed over, and a call for help. Gives the visit."""
    return record_visit(
        cast.operation,
        {
            "point": cast.points["station"], "at": NOON, "answers": {"distance": "no", "registration": "yes"},
            "difficulty": "缺两名引导人员。",
            "problems": [{
                "title": "采样点夜间无照明，通道狭窄，居民排队时互相拥挤，存在跌倒的风险", "field": "testing",
                "cause": "careless_measures", "hand_over": {"unit": cast.bodies["street"]},
            }],
        },
        by=cast.inspector, via="api",
    )  # fmt: skip
