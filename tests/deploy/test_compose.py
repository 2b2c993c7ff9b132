"""The compose files and Dockerfiles, read as text: what must hold for each service, without a Docker engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bart_service.config import BartSettings
from catalog_service.config import Settings as CatalogSettings
from gateway.config import Settings as GatewaySettings
from job_runner.config import Settings as RunnerSettings
from llama_service.config import LlamaSettings

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "gateway": GatewaySettings,
    "job_runner": RunnerSettings,
    "catalog_service": CatalogSettings,
    "bart_service": BartSettings,
    "llama_service": LlamaSettings,
}
FILES = ("docker-compose.yml", "docker-compose.gpu.yml", "docker-compose.scale.yml")
NOT_OURS = {"CUDA_VISIBLE_DEVICES"}


def load(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / name).read_text())
    return dict(loaded["services"])


def settings_of(service: str) -> set[str]:
    names = {name for name, _ in SETTINGS[service.removesuffix("_2")].names()}
    return names | {f"{name}_FILE" for name in names}


@pytest.mark.parametrize("service", SETTINGS)
def test_each_service_is_locked_down(service):
    found = load("docker-compose.yml")[service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["secrets"] == ["internal_token"]
    assert found["environment"]["VISIS_INTERNAL_TOKEN_FILE"] == "/run/secrets/internal_token"


def test_only_the_gateway_is_published_and_only_on_this_machine():
    found = load("docker-compose.yml")
    assert {name for name, service in found.items() if "ports" in service} == {"gateway"}
    assert found["gateway"]["ports"][0].startswith("${VISIS_BIND:-127.0.0.1}:")
    assert {name for name, service in found.items() if service["networks"] != ["internal"]} == {"gateway"}
    networks = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["networks"]
    assert networks["internal"] == {"internal": True}


@pytest.mark.parametrize("file", FILES)
def test_every_variable_is_a_setting_of_its_service(file):
    checked = 0
    for name, service in load(file).items():
        if name == "postgres":
            continue
        for variable in set(service.get("environment", {})) - NOT_OURS:
            assert variable in settings_of(name), f"{file}: {name}: {variable}"
            checked += 1
    assert checked


@pytest.mark.parametrize("service", SETTINGS)
def test_each_image_is_small_unprivileged_and_watched(service):
    text = (ROOT / service / "Dockerfile").read_text()
    final = text.rpartition("\nFROM ")[2]
    assert final.startswith("python:3.11-slim-bookworm\n")
    assert re.search(r"^USER 10001:10001$", final, re.M)
    assert f'CMD ["python", "-m", "{service}"]' in final
    assert "HEALTHCHECK" in final
    assert ("/readyz" in final) == (service != "job_runner")  # the runner answers nothing
    assert "# syntax=" not in text
    others = set(SETTINGS) - {service}
    assert not [name for name in others if f"COPY {name}" in text]
    assert "-c constraints.txt" in text
    for variable in re.findall(r"\b([A-Z]+_[A-Z_]+)=", final.partition("ENV")[2].partition("\nWORKDIR")[0]):
        if variable.startswith(("VISIS_", "GATEWAY_", "RUNNER_", "CATALOG_", "BART_", "LLAMA_")):
            assert variable in settings_of(service)


def test_the_context_holds_no_secret_and_no_data():
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    assert not [line for line in lines if line.startswith(("!deploy", "!var", "!tests", "!shared"))]


def test_each_gpu_has_its_own_entry():
    found = load("docker-compose.gpu.yml")
    devices = [service["deploy"]["resources"]["reservations"]["devices"][0] for service in found.values()]
    numbers = [device["device_ids"] for device in devices]
    assert all(len(number) == 1 for number in numbers)
    assert len({number[0] for number in numbers}) == len(numbers)
    assert found["bart_service_2"]["networks"]["internal"]["aliases"] == ["bart_service"]
