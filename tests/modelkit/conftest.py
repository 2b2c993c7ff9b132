"""A model hub on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.modelkit.hub_server import FakeHub, running


@pytest.fixture
def hub_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with one repository of a large and a small file; `HF_ENDPOINT` names it."""
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        server.revisions["main"] = {"weights.bin": bytes(range(256)) * 4000, "config.json": b'{"a": 1}'}
        server.large.add("weights.bin")
        yield server
