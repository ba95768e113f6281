"""A person at a browser, as far as Django's test client goes."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

SIGN_IN = "/accounts/login/"


def of(person) -> Client:
    """The browser of somebody who has signed in; None is somebody who has not."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def words_of(answer) -> str:
    return answer.content.decode()


def asked_by(client, address) -> int:
    """How many questions a page asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def sends_to_sign_in(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
