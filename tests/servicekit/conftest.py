"""The shoe shop, in process and under gunicorn."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from deploy.local import free_ports

SHOP = Path(__file__).parent / "shop.py"
START_S = 30.0


@pytest.fixture(scope="session")
def shop() -> ModuleType:
    """The module of the little service."""
    spec = importlib.util.spec_from_file_location("shop", SHOP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shop"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_client(shop: ModuleType) -> Callable[..., FlaskClient]:
    """Makes a client of a shop with these settings: `make_client(max_body_bytes=2048)`."""

    def make(*, checks: Any = None, public: bool = True, **settings: Any) -> FlaskClient:
        app: Flask = shop.create_app(shop.Settings(**settings), checks=checks, public=public)
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of a shop with the default settings."""
    return make_client()


@contextmanager
def serving(**environ: str) -> Iterator[str]:
    """The shop under gunicorn; yields its address."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, str(SHOP)], env={**os.environ, "SHOP_PORT": str(port), **environ}, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=40)


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            requests.get(f"{address}/healthz", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the shop did not start (status {process.poll()})")


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Address of a shop under gunicorn that takes bodies of a megabyte."""
    with serving(SHOP_MAX_BODY_BYTES="1048576", SHOP_THREADS="8") as address:
        yield address
