"""What `benchmarks.fuzz` has schemathesis load: what is a defect, and ids of things that are there."""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis
from schemathesis.checks import not_a_server_error

REFUSALS = ("#busy", "#not-ready")
IDS = "VISIS_FUZZ_IDS"  # a JSON object of path parameters and their values


@schemathesis.check
def no_server_error_but_a_refusal(ctx: Any, response: Any, case: Any) -> bool | None:
    """Every 5xx is a defect, but for a 503 whose problem says busy or not ready, and which says when to come again.

    Raises:
        schemathesis' failure, with the request that caused it.
    """
    refused = response.status_code == 503 and str(response.json().get("type")).endswith(REFUSALS)
    when = response.headers.get("retry-after", [""])[0]
    if refused and when.isdigit() and int(when) >= 1:
        return None
    result: bool | None = not_a_server_error(ctx, response, case)
    return result


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let every second generated path name things that are there; but nothing may delete them."""
    there = json.loads(os.environ.get(IDS, "{}"))
    if not path_parameters or context.operation.method.upper() == "DELETE" or len(repr(path_parameters)) % 2:
        return path_parameters
    return {**path_parameters, **{name: there[name] for name in path_parameters if name in there}}
