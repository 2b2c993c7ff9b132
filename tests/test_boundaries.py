"""The walls of the house: who may import whom, and nothing heavy at import."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICES = ("gateway", "catalog_service", "bart_service", "llama_service")
PROGRAMS = (*SERVICES, "job_runner")
LIBRARIES = ("bookreader", "contract", "modelkit", "narration", "servicekit", "textkit")
PACKAGES = (*PROGRAMS, "training", *LIBRARIES)

ALLOWED = {
    **{program: {"contract", "servicekit", "textkit"} for program in PROGRAMS},
    "catalog_service": {"bookreader", "contract", "servicekit", "textkit"},
    **{worker: {"contract", "modelkit", "servicekit", "textkit"} for worker in ("bart_service", "llama_service")},
    "training": {"bookreader", "servicekit", "textkit"},
    "bookreader": {"servicekit", "textkit"},
    "contract": {"servicekit"},
    "narration": set(),
    "modelkit": {"contract", "servicekit", "textkit"},
    "servicekit": set(),
    "textkit": set(),
}
OWNERS = {
    "transformers": {"bart_service", "training"},
    "torch": {"bart_service", "training"},
    "ctranslate2": {"bart_service", "training"},
    "datasets": {"training"},
    "spacy": {"training"},
    "llama_cpp": {"llama_service"},
    "peewee": {"catalog_service"},
    "playhouse": {"catalog_service"},
    "pypdfium2": {"bookreader"},
    "lxml": {"bookreader"},
    "pdfplumber": {"bookreader"},
    "gtts": {"bart_service"},
    "soundfile": {"bart_service"},
    "espeakng_loader": {"bart_service"},
    "onnxruntime": {"bart_service"},
    "av": {"narration"},
    "structlog": {"servicekit"},
    "gunicorn": {"servicekit"},
    "huggingface_hub": {"modelkit"},
    "httpx": {"modelkit"},
}
ONE_MODULE_EACH = (
    "transformers",
    "torch",
    "ctranslate2",
    "llama_cpp",
    "pdfplumber",
    "espeakng_loader",
    "av",
    "onnxruntime",
    "gtts",
    "datasets",
    "huggingface_hub",
    "httpx",
)
HEAVY = (
    "onnxruntime",
    "torch",
    "transformers",
    "ctranslate2",
    "llama_cpp",
    "spacy",
    "datasets",
    "pdfplumber",
    "pypdfium2",
    "huggingface_hub",
    "httpx",
)


def modules(package: str) -> Iterator[Path]:
    return (ROOT / package).rglob("*.py")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Full names of what a module imports anywhere in it, those for type checkers included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


IMPORTS = {name_of(path): imports(path) for package in PACKAGES for path in modules(package)}


def importers(library: str) -> dict[str, set[str]]:
    """Package to modules that import a library."""
    found = defaultdict(set)
    for module, imported in IMPORTS.items():
        if any(one == library or one.startswith(f"{library}.") for one in imported):
            found[module.partition(".")[0]].add(module)
    return found


def test_the_packages_are_found() -> None:
    assert set(PACKAGES) >= {*PROGRAMS, *LIBRARIES}
    assert len(IMPORTS) > 40


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_the_libraries_below_them(package: str) -> None:
    forbidden = set(PACKAGES) - ALLOWED[package] - {package} | {"tests", "deploy", "benchmarks"}
    for module, imported in IMPORTS.items():
        if module.partition(".")[0] == package:
            assert not {one for one in imported if one.partition(".")[0] in forbidden}, module


@pytest.mark.parametrize("library", OWNERS)
def test_heavy_libraries_stay_with_their_owners(library: str) -> None:
    assert set(importers(library)) <= OWNERS[library]


@pytest.mark.parametrize("library", ONE_MODULE_EACH)
def test_a_heavy_library_has_one_door_in_each_service(library: str) -> None:
    for package, doors in importers(library).items():
        if package == "training":
            continue
        if (package, library) == ("bart_service", "ctranslate2"):
            doors -= {"bart_service.convert"}  # a program of its own, run before serving
        assert len(doors) <= 1, (package, doors)


def test_textkit_knows_no_web_and_no_files() -> None:
    forbidden = {"flask", "requests", "urllib3", "pydantic", "os", "pathlib", "socket", "sqlite3", "subprocess", "time"}
    for module, imported in IMPORTS.items():
        if module.startswith("textkit"):
            assert not forbidden & {one.partition(".")[0] for one in imported}, module


def test_servicekit_has_no_word_of_books() -> None:
    for path in modules("servicekit"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not {name for name in names if "book" in name.lower() or "summar" in name.lower()}, path


@pytest.mark.parametrize("service", SERVICES)
def test_importing_a_service_loads_nothing_heavy_and_starts_nothing(service: str) -> None:
    code = (
        f"import sys, threading, {service}.app\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout == "[] 1\n"


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_follows_one_plan(service: str) -> None:
    for name in ("app.py", "config.py", "__main__.py"):
        assert (ROOT / service / name).is_file(), name


@pytest.mark.parametrize("service", SERVICES)
def test_create_app_has_the_same_shape_in_every_service(service: str) -> None:
    create_app = importlib.import_module(f"{service}.app").create_app
    parameters = list(inspect.signature(create_app).parameters.values())
    assert parameters[0].name == "settings"
    assert all(parameter.default is None for parameter in parameters)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    for path in modules(package):
        source = path.read_text(encoding="utf-8")
        if not source.strip() and path.name == "__init__.py":
            continue
        docstring = ast.get_docstring(ast.parse(source))
        assert docstring, path
        assert docstring.splitlines()[0].rstrip().endswith((".", ":")), path
