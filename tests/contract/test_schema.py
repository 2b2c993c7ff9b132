"""What the OpenAPI document promises, tried with generated requests on the running product."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)


@pytest.fixture
def api_schema(visis):
    return schemathesis.openapi.from_url(f"{visis.address}/openapi.json")


schema = schemathesis.pytest.from_fixture("api_schema")


def test_the_document_is_valid_openapi(visis):
    validate(visis.get("/openapi.json").json())


@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_generated_requests_get_documented_answers_and_no_server_error(case):
    case.call_and_validate(
        checks=(
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ),
        timeout=60,
    )
