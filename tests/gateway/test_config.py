"""What the gateway accepts as settings."""

from __future__ import annotations

import pytest

from gateway.config import Settings
from servicekit.settings import SettingsError


@pytest.mark.parametrize("address", ["http://127.0.0.1:8001", "http://catalog", "http://[::1]:8001/", "http://a_b:1"])
def test_addresses_are_taken(address: str) -> None:
    assert Settings.load({"GATEWAY_CATALOG_URL": address}).catalog_url == address


@pytest.mark.parametrize(
    "address",
    ["", "catalog:8001", "ftp://catalog", "http://", "http://:8001", "http://a:99999", "http://a:x", "http://a/prefix",
     "http://a?b=c", "http://user:pass@a", "http://[::1", "http://a b"],
)  # fmt: skip
def test_anything_else_is_one_line(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^GATEWAY_BART_URL: must be http://host:port"):
        Settings.load({"GATEWAY_BART_URL": address})


def test_services_to_wait_for_are_checked() -> None:
    assert Settings.load({"GATEWAY_READY_REQUIRES": " bart_service ,, "}).ready_requires == "bart_service"
    with pytest.raises(SettingsError, match=r"unknown service 'bart'; choose from catalog_service"):
        Settings.load({"GATEWAY_READY_REQUIRES": "bart"})


def test_a_mistyped_name_is_one_line() -> None:
    with pytest.raises(SettingsError, match="did you mean GATEWAY_LLAMA_URL"):
        Settings.load({"GATEWAY_LAMA_URL": "http://x"})
