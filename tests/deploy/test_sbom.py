"""The bill of materials names what is installed, and is the same each time."""

from importlib import metadata

from deploy.sbom import bill


def test_the_bill_has_every_package_once_with_version_and_licence():
    found = bill()
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    by_name = {one["name"]: one for one in found["components"]}
    assert len(by_name) == len(found["components"])
    flask = by_name["flask"]
    assert flask["purl"] == f"pkg:pypi/flask@{metadata.version('flask')}"
    assert flask["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert "pytest" not in by_name
    assert found == bill()
