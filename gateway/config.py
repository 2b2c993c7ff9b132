"""Settings of the gateway, all from `GATEWAY_*` (and the shared `VISIS_*`) variables."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings

SERVICES = ("catalog_service", "bart_service", "llama_service")


class Settings(ServiceSettings):
    """What the gateway is configured with."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")
    owner: ClassVar[str] = "gateway"

    port: int = Field(8000, ge=0, le=65535, description="Port of the public API.")
    threads: int = Field(64, ge=1, le=4096, description="Requests served at the same time.")
    request_timeout_s: float = Field(120.0, gt=0, le=86_400, description="Longest time one request may take, seconds.")
    catalog_url: str = Field("http://127.0.0.1:8001", description="Address of catalog_service.")
    bart_url: str = Field("http://127.0.0.1:8002", description="Address of bart_service.")
    llama_url: str = Field("http://127.0.0.1:8003", description="Address of llama_service.")
    ready_requires: str = Field(
        ",".join(SERVICES), description="Services, comma-separated, that must be ready before `/readyz` is green."
    )

    @field_validator("catalog_url", "bart_url", "llama_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            whole = False
        if not whole or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
            raise ValueError("must be http://host:port or https://host:port")
        return value

    @field_validator("ready_requires")
    @classmethod
    def _are_services(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",") if name.strip()]
        unknown = set(names) - set(SERVICES)
        if unknown:
            raise ValueError(f"unknown service {sorted(unknown)[0]!r}; choose from {', '.join(SERVICES)}")
        return ",".join(names)
