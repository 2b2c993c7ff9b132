"""Configuration from the environment: one frozen class per program; unknown names are refused."""

from __future__ import annotations

import difflib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from servicekit import sandbox
from servicekit.logs import LogFormat, LogLevel

SHARED_PREFIX = "VISIS_"
_HEADER_SAFE = re.compile("[!-~]+")
_ADDRESS = re.compile(r"http://(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:(?P<port>[0-9]{1,5}))?/?", re.ASCII)


P = TypeVar("P", bound="ProcessSettings")


class SettingsError(Exception):
    """The environment has settings that are unknown or out of range; the text is one line for each."""


def shared(name: str, default: Any, **kwargs: Any) -> Any:
    """A field read from `VISIS_<name>`, the same for every service."""
    return Field(default, validation_alias=AliasChoices(f"{SHARED_PREFIX}{name}", name.lower()), **kwargs)


def _is_address(value: str) -> str:
    found = _ADDRESS.fullmatch(value)
    if not found or not 0 < int(found["port"] or 80) < 65536:
        raise ValueError("must be http://host:port")
    return value


Address = Annotated[str, AfterValidator(_is_address)]


class ProcessSettings(BaseSettings):
    """The settings of every program. Subclasses set `model_config["env_prefix"]` and add their own.

    Any setting `NAME` may also be given as `NAME_FILE`, the path of a file that holds the value (for secrets). An
    empty value of a path, or of a setting that has no default, counts as not set.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())
    owner: ClassVar[str] = "service"

    home: Path = shared("HOME", Path("var"), description="Folder that holds all data.")
    internal_token: SecretStr | None = shared(
        "INTERNAL_TOKEN", None, description="The deployment's own secret: internal services refuse calls without it."
    )
    log_level: LogLevel = shared("LOG_LEVEL", "info", description="Least severe level that is logged.")
    log_format: LogFormat = shared("LOG_FORMAT", "console", description="`console` for people, `json` for machines.")
    otlp_endpoint: str | None = shared(
        "OTLP_ENDPOINT",
        None,
        pattern=r"^https?://",
        description="OpenTelemetry collector of traces (extra `tracing`).",
    )
    revision: str = shared("REVISION", "unknown", description="The source revision that `/version` reports.")

    @field_validator("internal_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _HEADER_SAFE.fullmatch(value.get_secret_value()):
            raise ValueError("must be visible ASCII characters without spaces")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only explicit values: `load` reads the environment, so that a test's settings never depend on it."""
        return (init_settings,)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from the environment.

        Raises:
            SettingsError: for an unknown name with this service's prefix, a value out of range, an unreadable file.
        """
        environ = os.environ if environ is None else environ
        names = dict(cls.names())
        faults = list(_unknown(cls, names, environ))
        values: dict[str, Any] = {}
        for name, field in names.items():
            try:
                value = _value(name, environ)
            except SettingsError as error:
                faults.append(str(error))
            else:
                if value or (value is not None and not _empty_is_unset(cls.model_fields[field].default)):
                    values[field] = value
        try:
            settings = cls(**values)
        except ValidationError as error:
            faults += [_explain(cls, item) for item in error.errors(include_url=False)]
        if faults:
            raise SettingsError("\n".join(faults))
        return settings

    @classmethod
    def forget_secrets(cls) -> None:
        """Remove loaded secrets from this process's environment, where its children could read them."""
        for name, field in cls.names():
            if "Secret" in str(cls.model_fields[field].annotation):
                sandbox.forget_variable(name)

    @classmethod
    def names(cls) -> Iterator[tuple[str, str]]:
        """(environment name, field name) of every setting."""
        for field, info in cls.model_fields.items():
            yield cls.environment_name(field, info), field

    @classmethod
    def environment_name(cls, field: str, info: FieldInfo) -> str:
        """The environment variable that sets a field."""
        alias = info.validation_alias
        if isinstance(alias, AliasChoices):
            return str(alias.choices[0])
        return f"{cls.model_config.get('env_prefix', '')}{field}".upper()


class ServiceSettings(ProcessSettings):
    """What every HTTP service is configured with, beside what every program is."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65535, description="Port to listen on.")
    threads: int = Field(16, ge=1, le=4096, description="Requests served at the same time.")
    request_timeout_s: float = Field(110.0, gt=0, le=86_400, description="Longest time one request may take, seconds.")
    max_body_bytes: int = Field(
        67_108_864, ge=1024, le=4_294_967_296, description="Largest request body, bytes (64 MiB)."
    )


def prepare_process(settings_class: type[P]) -> P:
    """Set this process up: the files it writes are for its user alone.

    Returns:
        Its settings; invalid ones end it with one line each and status 2.
    """
    os.umask(0o077)
    try:
        return settings_class.load()
    except SettingsError as error:
        for line in str(error).splitlines():
            print(f"{settings_class.owner}: {line}", file=sys.stderr)
        raise SystemExit(2) from None


def make_folder(owner: str, folder: Path) -> None:
    """Make a folder that this process writes to. One that it cannot write to ends it with one line and status 2."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        print(f"{owner}: cannot write to {folder}: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None


def _empty_is_unset(default: object) -> bool:
    return default is None or isinstance(default, Path)


def _unknown(cls: type[ProcessSettings], names: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[str]:
    prefixes = (str(cls.model_config.get("env_prefix") or SHARED_PREFIX), SHARED_PREFIX)
    known = set(names) | {f"{name}_FILE" for name in names}
    for name in sorted(environ):
        if name.startswith(prefixes) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            owner = "Visis" if name.startswith(SHARED_PREFIX) else cls.owner
            yield f"{name} is not a setting of {owner}{hint}"


def _value(name: str, environ: Mapping[str, str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name)
    if name in environ:
        raise SettingsError(f"{name} and {name}_FILE are both set: keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise SettingsError(f"{name}_FILE={path!r}: the file cannot be read") from None


def _explain(cls: type[ProcessSettings], item: Any) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    if not item["loc"]:
        return message
    field = str(item["loc"][0])
    info = cls.model_fields[field]
    shown = "" if "Secret" in str(info.annotation) else f" (it is {_cut(item['input'])})"
    return f"{cls.environment_name(field, info)}: {message[:1].lower()}{message[1:]}{shown}"


def _cut(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:60]}... ({len(shown):,} characters)"


def table(cls: type[ProcessSettings]) -> list[tuple[str, str, str, str]]:
    """(name, default, values, meaning) of every setting of a program, for the documentation."""
    return [
        (cls.environment_name(field, info), _default(info.default), _values(info), str(info.description or ""))
        for field, info in cls.model_fields.items()
    ]


def _default(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _values(info: FieldInfo) -> str:
    choices = [choice for choice in get_args(info.annotation) if isinstance(choice, str)]
    if choices:
        return ", ".join(choices)
    if info.annotation is bool:
        return "true, false"
    limits = {type(limit): limit for limit in info.metadata}
    low, above, high = limits.get(Ge), limits.get(Gt), limits.get(Le)
    start = str(low.ge) if low else f"over {above.gt}" if above else ""
    return f"{start} to {high.le}" if start and high else ""
