"""Telling: one operation or all five, each in one transaction, so that there is never half a story."""

import time

from django.db import transaction
from django.utils.translation import gettext as _

from demo import chongqing_2021, guilin_2022, qinghai_2021, winter_2020, yubei_2022
from demo.cast import PASSWORD
from duzhan.base.errors import BadInput, Conflict
from duzhan.operations.models import Operation
from duzhan.people.models import Person

STORIES = {
    "yubei-2022": yubei_2022,
    "chongqing-2021": chongqing_2021,
    "winter-2020": winter_2020,
    "qinghai-2021": qinghai_2021,
    "guilin-2022": guilin_2022,
}

ACCOUNTS = {
    "yubei-office": "渝北 · 督导办",
    "yubei-inspector": "渝北 · 督导组员（发现问题）",
    "yubei-verifier": "渝北 · 督导组员（核验销号）",
    "yubei-leader": "渝北 · 领导",
    "yubei-unit": "渝北 · 责任单位（两路街道）",
    "yubei-discipline": "渝北 · 纪检专责",
    "chongqing-office": "重庆 · 督导办",
    "winter-office": "冬季 · 督导办",
    "qinghai-office": "青海 · 督导办",
    "guilin-office": "桂林 · 督导办",
    "guilin-discipline": "桂林 · 纪检专责",
}


def tell(names=None, progress=print) -> list[Operation]:
    """Tell these operations (None: all five) as if their people had just done it all.

    `progress(line)` hears of each. Raises BadInput for a name that is none of the five, Conflict when an operation
    of that name is there already; then nothing is changed.
    """
    names = list(STORIES) if names is None else list(dict.fromkeys(names))
    for name in names:
        if name not in STORIES:
            known = "、".join(STORIES)
            raise BadInput(_("没有示例行动“%(name)s”；有：%(known)s。") % {"name": name, "known": known}, field="name")
    for operation in Operation.objects.filter(code__in=names).order_by("pk"):
        raise Conflict(
            _("行动 %(code)s 已经在了，示例不会写进去。") % {"code": operation.code}, operation=operation.code
        )
    return [_tell(name, progress) for name in names]


def _tell(name, progress):
    began = time.monotonic()
    with transaction.atomic():
        story = STORIES[name].compose()
        story.tell()
        story.evening()
    progress(f"{name}: {time.monotonic() - began:.1f} s")
    return story.operation


def accounts() -> list[tuple[str, str, str]]:
    """The invented accounts that can sign in: username, password, who it is."""
    there = set(Person.objects.filter(username__in=ACCOUNTS, is_demo=True).values_list("username", flat=True))
    return [(username, PASSWORD, who) for username, who in ACCOUNTS.items() if username in there]
