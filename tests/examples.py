"""Messages of the contract, filled with the examples that the API document shows."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from servicekit import openapi


def example(model: type[BaseModel], **fields: Any) -> dict[str, Any]:
    """A message as JSON; `fields` replace the examples."""
    schema = model.model_json_schema(mode="serialization", ref_template=openapi.REF)
    made = openapi.example(schema, schema.get("$defs", {}))
    return model.model_validate({**made, **fields}).model_dump(mode="json")
