"""Settings of the gateway, all from `GATEWAY_*` (and the shared `VISIS_*`) variables."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from gateway.clients import Network, host_name
from gateway.keys import Quotas
from servicekit.settings import Address, ServiceSettings

SERVICES = ("catalog_service", "bart_service", "llama_service")


class Settings(ServiceSettings):
    """The settings of the gateway."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")
    owner: ClassVar[str] = "gateway"

    port: int = Field(8000, ge=0, le=65535, description="Port of the public API.")
    threads: int = Field(
        2304, ge=1, le=4096, description="Requests held at the same time; a waiting one costs a thread, made on demand."
    )
    max_worker_calls: int = Field(
        1024, ge=1, le=4096, description="Requests that may wait for one worker; more are refused with 503."
    )
    max_catalog_calls: int = Field(
        192,
        ge=1,
        le=4096,
        description="Requests of one kind (reads, writes, uploads, files) that may wait for catalog_service; more are "
        "refused with 503.",
    )
    max_uploads: int = Field(
        512, ge=1, le=4096, description="Bodies over 64 KiB that arrive at the same time; half of them from one caller."
    )
    upload_timeout_s: float = Field(900.0, gt=0, le=86_400, description="Longest time a body may take, seconds.")
    spool_mb: int = Field(
        2048,
        ge=1,
        le=1_048_576,
        description="Disk space under VISIS_HOME for bodies on their way through, MiB; half of it for one caller.",
    )
    request_timeout_s: float = Field(120.0, gt=0, le=86_400, description="Longest time one request may take, seconds.")
    catalog_url: Address = Field("http://127.0.0.1:8001", description="Address of catalog_service.")
    bart_url: Address = Field("http://127.0.0.1:8002", description="Address of bart_service.")
    llama_url: Address = Field("http://127.0.0.1:8003", description="Address of llama_service.")
    ready_requires: str = Field(
        ",".join(SERVICES), description="Services, comma-separated, that must be ready before `/readyz` is green."
    )

    event_streams: int = Field(32, ge=1, le=4096, description="Event streams of jobs that may be open at one time.")
    event_streams_per_caller: int = Field(
        8, ge=1, le=4096, description="Event streams of jobs that one caller may have open at one time."
    )
    anonymous: Literal["loopback", "everyone", "never"] = Field(
        "loopback",
        description="Who needs no API key: callers on this machine, everyone who reaches the port, or nobody.",
    )
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        description="Hosts, comma-separated, that `Host` may name: the public name where it has one; `*` for any.",
    )
    trusted_proxies: str = Field(
        "",
        description="Networks, comma-separated, of the reverse proxies in front, whose `X-Forwarded-For` is believed.",
    )
    keys_file: Path | None = Field(None, description="File of the API keys; `VISIS_HOME/gateway/keys.json` if unset.")
    cors_origins: str = Field(
        "",
        description="Origins, comma-separated, whose web pages may call the API; `*` for all (keys are still needed).",
    )
    requests_per_minute: int = Field(0, ge=0, le=10_000_000, description="Requests of a key a minute; 0: no limit.")
    characters_per_hour: int = Field(
        0, ge=0, le=1_000_000_000_000, description="Characters of text a key may have worked on an hour; 0: no limit."
    )
    audio_seconds_per_hour: int = Field(
        0, ge=0, le=1_000_000_000, description="Seconds of speech a key may have made an hour; 0: no limit."
    )

    def keys_path(self) -> Path:
        """The file of the API keys."""
        return self.keys_file or self.home / "gateway" / "keys.json"

    def allowed_origins(self) -> frozenset[str]:
        """The origins whose pages may call."""
        return frozenset(_listed(self.cors_origins))

    def hosts(self) -> frozenset[str]:
        """The names by which clients may address the gateway."""
        return frozenset(name if name == "*" else host_name(name) for name in _listed(self.allowed_hosts))

    def proxy_networks(self) -> tuple[Network, ...]:
        """The networks of the proxies that are trusted."""
        return tuple(map(ipaddress.ip_network, _listed(self.trusted_proxies)))

    def default_quotas(self) -> Quotas:
        """The quotas of a caller that has none of its own."""
        return Quotas(
            requests_per_minute=self.requests_per_minute,
            characters_per_hour=self.characters_per_hour,
            audio_seconds_per_hour=self.audio_seconds_per_hour,
        )

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        for name in _listed(value):
            if name != "*" and not (host_name(name) and host_name(f"{name}:80")):
                raise ValueError(f"{name!r} is not a host name or address (an IPv6 address stands in brackets)")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for network in _listed(value):
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is not a network such as 10.0.0.0/8") from None
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in _listed(value):
            if origin != "*" and not re.fullmatch(r"https?://[^/?#@\s]+", origin):
                raise ValueError(f"{origin!r} is not an origin such as https://reader.example")
        return value

    @field_validator("ready_requires")
    @classmethod
    def _are_services(cls, value: str) -> str:
        names = _listed(value)
        unknown = set(names) - set(SERVICES)
        if unknown:
            raise ValueError(f"unknown service {sorted(unknown)[0]!r}; choose from {', '.join(SERVICES)}")
        return ",".join(names)


def _listed(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]
