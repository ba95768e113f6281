"""The bar at the top of each page."""

from django.utils.translation import gettext_lazy as _

DUZHAN_NAV = [  # (label, page, who sees it: a question about the person; None: everybody)
    (_("今日"), "home", "duzhan.people.queries.reads_areas"),
    (_("收件箱"), "inbox", "duzhan.people.queries.stands_for_a_unit"),
    (_("问题台账"), "problem-list", None),
    (_("走访检查"), "visit-list", None),
    (_("点位"), "point-list", None),
    (_("晚间调度"), "meeting", "duzhan.people.queries.reads_areas"),
    (_("日报"), "report-list", "duzhan.people.queries.reads_areas"),
    (_("外来通报"), "bulletin-list", None),
    (_("系统状况"), "health", "duzhan.insight.health.queries.keeps_the_system"),
]

DUZHAN_BELL = ("notice-list", "duzhan.insight.notices.queries.unread_count")  # page, how much waits there for a person
