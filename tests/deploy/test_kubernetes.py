"""The manifests against the schemas of Kubernetes' own API, and against the services' settings."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.test_compose import NOT_OURS, SETTINGS, settings_of

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS = ("base", "gpu")
VERSIONS = ("1.28", "1.33")
BY_NAME = {"containers", "env", "volumes", "volumeMounts"}


def documents(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def merged(into: Any, patch: Any, key: str = "") -> Any:
    """A strategic merge, as far as these patches use it: maps merge, null removes, some lists merge by name."""
    if isinstance(into, dict) and isinstance(patch, dict):
        result = {**into}
        for name, value in patch.items():
            if value is None:
                result.pop(name, None)
            else:
                result[name] = merged(into.get(name), value, name)
        return result
    if key in BY_NAME and isinstance(into, list):
        names = [item["name"] for item in into]
        assert {item["name"] for item in patch} <= set(names) or key == "env"
        changes = {item["name"]: item for item in patch}
        changed = [merged(item, changes.pop(item["name"], {})) for item in into]
        return changed + list(changes.values())
    return patch


def build(overlay: str) -> list[dict[str, Any]]:
    """What `kustomize build` would make of an overlay, as far as the tests look at it."""
    folder = FOLDER / overlay
    (kustomization,) = documents(folder / "kustomization.yaml")
    found: list[dict[str, Any]] = []
    for resource in kustomization["resources"]:
        found += (
            build((folder / resource).resolve().name) if (folder / resource).is_dir() else documents(folder / resource)
        )
    found = copy.deepcopy(found)
    for patch in kustomization.get("patches", []):
        for change in documents(folder / patch["path"]):
            (at,) = [
                number
                for number, one in enumerate(found)
                if (one["kind"], one["metadata"]["name"]) == (change["kind"], change["metadata"]["name"])
            ]
            found[at] = merged(found[at], change)
    return found


def pods(overlay: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (document["metadata"]["name"].replace("-", "_"), document["spec"]["template"]["spec"])
        for document in build(overlay)
        if document["kind"] in ("Deployment", "StatefulSet")
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_fits_the_schema(overlay, version):
    found = build(overlay)
    assert len(found) >= 12
    for document in found:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_wrong_manifest_would_be_found():
    wrong = next(document for document in build("base") if document["kind"] == "Deployment")
    wrong["spec"]["replica"] = 3
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_pod_is_locked_down_and_probed(overlay):
    found = pods(overlay)
    assert {name for name, _ in found} == set(SETTINGS)
    for name, pod in found:
        # The variables that Kubernetes makes of services, such as GATEWAY_PORT=tcp://..., would be taken for settings.
        assert pod["enableServiceLinks"] is False, name
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        if name != "job_runner":  # the runner answers nothing
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz", name
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", name
        assert container["resources"]["limits"]["memory"], name
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        made = {volume["name"] for volume in pod["volumes"]}
        assert mounted - made <= ({"data"} if name == "catalog_service" else set()), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_variable_is_a_setting_of_its_service(overlay):
    for name, pod in pods(overlay):
        for variable in {entry["name"] for entry in pod["containers"][0]["env"]} - NOT_OURS:
            assert variable in settings_of(name), f"{name}: {variable}"


def test_gpu_pods_ask_for_one_gpu_and_are_scaled_by_the_queue():
    found = dict(pods("gpu"))
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in build("gpu") if one["kind"] == "HorizontalPodAutoscaler"}
    for name in ("bart_service", "llama_service"):
        assert found[name]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
        assert {"name": "models", "persistentVolumeClaim": {"claimName": "models", "readOnly": True}} in found[name][
            "volumes"
        ]
        assert name.replace("_", "-") in scaled


def test_workers_are_headless_so_that_the_gateway_sees_every_replica():
    services = {one["metadata"]["name"]: one["spec"] for one in build("base") if one["kind"] == "Service"}
    assert {name for name, spec in services.items() if spec.get("clusterIP") == "None"} == {
        "bart-service",
        "catalog-service",
        "llama-service",
    }
