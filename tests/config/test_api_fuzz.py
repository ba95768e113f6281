"""Schemathesis over the OpenAPI document: whatever is sent, nothing answers 500 and every answer is as documented."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from duzhan.base.ledger.verify import verify
from duzhan.config.api import api
from duzhan.people.actions import issue_token
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
document = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/"))
operations = {found.ok().label: found.ok() for found in document.get_all_operations()}


@pytest.fixture
def one_connection():
    """The application shares the test's connection and must not close it after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(cast, one_connection):
    """A key of the office, in an operation with problems at every stage to be asked for."""
    for stage in Stage:
        problem_at(cast, stage)
    return issue_token(cast.office, "fuzz")


@pytest.mark.parametrize("label", sorted(operations))
def test_no_request_breaks_the_api(label, token):
    application = get_wsgi_application()
    numbers = list(Problem.objects.values_list("pk", flat=True))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=operations[label].as_strategy(), number=strategies.sampled_from(numbers), truly=strategies.booleans())
    def ask(case, number, truly):
        if truly:
            _ask_for_what_is_there(case, number)
        case.headers["Authorization"] = f"Bearer {token}"
        case.headers["Accept-Encoding"] = "identity"  # its client within the process unpacks nothing
        case.validate_response(case.call(app=application), checks=CHECKS)

    ask()
    assert list(verify()) == []


def _ask_for_what_is_there(case, number):
    """Names of real things, so that the request comes past the first door."""
    if "number" in case.path_parameters:
        case.path_parameters["number"] = number
    if "code" in case.path_parameters:
        case.path_parameters["code"] = "yubei-test"
    for sent in (case.query, case.body):
        if isinstance(sent, dict) and "operation" in sent:
            sent["operation"] = "yubei-test"
