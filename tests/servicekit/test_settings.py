"""The environment is read once, checked whole, and each fault is one line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import ClassVar, Self

import pytest
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings, SettingsError, make_folder, table


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    owner: ClassVar[str] = "shop"

    size: int = Field(42, ge=16, le=52, description="A shoe's size.")
    price: float = Field(1.0, ge=0, le=1000, description="What it costs.")
    colour: str | None = Field(None, pattern="[a-z]+", description="Its colour.")
    open: bool = Field(False, description="Whether the shop is open.")

    @model_validator(mode="after")
    def _dear_when_large(self) -> Self:
        if self.size > 50 and self.price < 1:
            raise ValueError("SHOP_PRICE must be at least 1 where SHOP_SIZE is over 50")
        return self


def fault(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ)
    return str(caught.value)


def test_defaults_apply_where_nothing_is_set() -> None:
    assert Settings.load({}) == Settings()


def test_values_are_read_by_prefix_and_shared_ones_by_theirs() -> None:
    settings = Settings.load(
        {"SHOP_SIZE": "44", "SHOP_OPEN": "true", "VISIS_HOME": "/data", "VISIS_INTERNAL_TOKEN": "abc", "SIZE": "1"}
    )
    assert (settings.size, settings.open, settings.home) == (44, True, Path("/data"))
    assert settings.internal_token is not None
    assert settings.internal_token.get_secret_value() == "abc"


def test_settings_made_in_code_never_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SIZE", "44")
    assert Settings().size == 42
    assert Settings.load().size == 44


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().size = 20  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("SHOP_SIEZ", "SHOP_SIZE"), ("SHOP_PRICES", "SHOP_PRICE"), ("VISIS_HOEM", "VISIS_HOME"),
     ("VISIS_INTERNAL_TOKN", "VISIS_INTERNAL_TOKEN"), ("SHOP_SIZE_FIEL", "SHOP_SIZE_FILE")],
)  # fmt: skip
def test_a_mistyped_name_is_refused_with_the_right_one(name: str, hint: str) -> None:
    owner = "Visis" if name.startswith("VISIS_") else "shop"
    assert fault(**{name: "1"}) == f"{name} is not a setting of {owner}; did you mean {hint}?"


def test_an_empty_path_is_its_default() -> None:
    assert Settings.load({"VISIS_HOME": ""}).home == Path("var")


def test_names_of_others_are_left_alone() -> None:
    assert Settings.load({"SHOPPING": "1", "CATALOG_PORT": "x", "visis_home": "x"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_SIZE", "15"), ("SHOP_SIZE", "53"), ("SHOP_SIZE", "4 2"), ("SHOP_SIZE", ""), ("SHOP_SIZE", "9" * 5000),
        ("SHOP_PRICE", "nan"), ("SHOP_PRICE", "inf"), ("SHOP_PRICE", "-1"), ("SHOP_OPEN", "perhaps"),
        ("SHOP_PORT", "65536"), ("SHOP_PORT", "-1"), ("SHOP_THREADS", "0"), ("SHOP_REQUEST_TIMEOUT_S", "0"),
        ("SHOP_REQUEST_TIMEOUT_S", "nan"), ("SHOP_MAX_BODY_BYTES", "1023"), ("VISIS_LOG_LEVEL", "loud"),
        ("VISIS_LOG_FORMAT", "xml"), ("SHOP_COLOUR", "7"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_one_line_that_names_it(name: str, value: str) -> None:
    line = fault(**{name: value})
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert repr(value)[:60] in line
    assert len(line) < 300


def test_every_fault_has_its_line() -> None:
    lines = fault(SHOP_SIZE="1", SHOP_PRICE="x", SHOP_NAME="y", SHOP_LOGO="z", SHOP_COLOUR_FILE="/no/such").splitlines()
    assert [line.split(":")[0].split(" ")[0].split("=")[0] for line in lines] == [
        "SHOP_LOGO", "SHOP_NAME", "SHOP_COLOUR_FILE", "SHOP_SIZE", "SHOP_PRICE",
    ]  # fmt: skip


def test_a_rule_over_several_settings_is_reported_in_its_own_words() -> None:
    line = fault(SHOP_SIZE="51", SHOP_PRICE="0.5", VISIS_INTERNAL_TOKEN="hush")
    assert line == "SHOP_PRICE must be at least 1 where SHOP_SIZE is over 50"


@pytest.mark.parametrize("token", ["two words", "líne", "a\nb", "tab\t"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(token: str) -> None:
    line = fault(VISIS_INTERNAL_TOKEN=token)
    assert line == "VISIS_INTERNAL_TOKEN: must be visible ASCII characters without spaces"


def test_an_empty_value_without_default_counts_as_not_set() -> None:
    assert Settings.load({"VISIS_INTERNAL_TOKEN": "", "SHOP_COLOUR": ""}) == Settings()


def test_a_value_is_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(" abc\n")
    settings = Settings.load({"VISIS_INTERNAL_TOKEN_FILE": str(secret)})
    assert settings.internal_token is not None
    assert settings.internal_token.get_secret_value() == "abc"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_unreadable_file_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert fault(SHOP_COLOUR_FILE=str(path)) == f"SHOP_COLOUR_FILE={str(path)!r}: the file cannot be read"


def test_a_value_and_its_file_exclude_one_another(tmp_path: Path) -> None:
    assert fault(SHOP_SIZE="42", SHOP_SIZE_FILE=str(tmp_path)) == "SHOP_SIZE and SHOP_SIZE_FILE are both set: keep one"


def test_secrets_are_not_printed() -> None:
    assert "hush" not in repr(Settings.load({"VISIS_INTERNAL_TOKEN": "hush"}))


def test_the_table_has_a_row_with_a_meaning_for_each_setting() -> None:
    rows = {name: rest for name, *rest in table(Settings)}
    assert len(rows) == len(Settings.model_fields)
    assert rows["SHOP_SIZE"] == ["42", "16 to 52", "A shoe's size."]
    assert rows["SHOP_COLOUR"] == ["", "", "Its colour."]
    assert rows["SHOP_OPEN"] == ["false", "true, false", "Whether the shop is open."]
    assert rows["SHOP_REQUEST_TIMEOUT_S"][1] == "over 0 to 86400"
    assert rows["VISIS_LOG_FORMAT"][1] == "console, json"
    assert all(meaning.endswith(".") for _, _, meaning in rows.values())


def test_a_shop_outside_of_tests_is_configured_likewise(shop: ModuleType) -> None:
    assert shop.Settings.load({"SHOP_PORT": "0"}).port == 0


def test_a_folder_that_cannot_be_written_ends_the_process_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_folder("shop", tmp_path / "made" / "here")
    assert list((tmp_path / "made" / "here").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as stopped:
        make_folder("shop", tmp_path / "file" / "folder")
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"shop: cannot write to {tmp_path}/file/folder: Not a directory\n"
