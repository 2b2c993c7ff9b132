"""What the OpenAPI document promises, tried with generated requests on the running product."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.fuzz_checks import no_server_error_but_a_refusal

CHECKS = (
    no_server_error_but_a_refusal,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 15


def test_the_document_is_valid_openapi(visis):
    validate(visis.get("/openapi.json").json())


def test_generated_requests_get_documented_answers_and_no_server_error(visis, subtests):
    schema = schemathesis.openapi.from_url(f"{visis.address}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:
        with subtests.test(operation.label):
            _try(operation)


def _try(operation):
    # OpenAPI 3.1 describes a stream as one text; this tool takes it for the schema of each event.
    streamed = operation.label.endswith("/events")
    checks = [check for check in CHECKS if not (streamed and check is response_schema_conformance)]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_documented(case):
        case.call_and_validate(checks=checks, timeout=60)

    answers_as_documented()
