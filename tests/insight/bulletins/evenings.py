"""A text that comes in at eight in the evening, and what is read of it."""

from django.urls import reverse

from duzhan.insight.bulletins import actions
from tests.people import HOUR, NOON

EVENING = NOON + 8 * HOUR
TOLD = (
    "双龙湖街道督导简报\n截至11月25日18时，街道纪工委共检查点位12个，发现问题5个，交办问题2个，"
    "已整改{rectified}个，正在整改{open}个。"
)


def told(rectified=1, open_=1):
    return TOLD.format(rectified=rectified, open=open_)


def taken_in(cast, words, **more):
    return actions.take_in(cast.operation, by=cast.office, words=words, said_at=EVENING, **more)


def of(bulletin, key):
    return next((number, each) for number, each in bulletin.standing if each["type"] == key)


def as_(client, cast, name):
    client.force_login(cast.people[name])
    return client


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)
