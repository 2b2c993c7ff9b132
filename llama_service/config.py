"""Settings of the Llama worker: environment variables that begin with `LLAMA_`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings

CONTEXT_STEP = 256


class LlamaSettings(ServiceSettings):
    """Every setting of the service, with range and meaning. `None` leaves a value to the preset."""

    model_config = SettingsConfigDict(env_prefix="LLAMA_")
    owner = "llama_service"

    port: int = Field(8003, ge=0, le=65535, description="Port to listen on.")
    threads: int = Field(64, ge=1, le=4096, description="Requests served at the same time; waiting ones count.")
    engine: Literal["auto", "extractive", "llama_cpp"] = Field(
        "auto", description="`auto`: the model if its file is on disk, else extractive. A named engine must load."
    )
    preset: Literal["llama3-8b-alpaca", "llama3.1-8b-oig", "custom"] = Field(
        "llama3-8b-alpaca", description="Known model; `custom` takes repository and file from the settings below."
    )
    model_path: Path | None = Field(None, description="A GGUF file on this machine; used instead of the preset's.")
    model_repo: str | None = Field(None, pattern=r"^[\w.-]+/[\w.-]+$", description="Model repository, `owner/name`.")
    model_file: str | None = Field(None, pattern=r"^[\w.-]+\.gguf$", description="GGUF file in the repository.")
    model_revision: str | None = Field(None, pattern=r"^[\w./-]+$", description="Branch, tag or commit.")
    model_sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 the file must have.")
    n_ctx: int | None = Field(
        None,
        ge=256,
        le=1_048_576,
        description="Tokens of context per slot, a multiple of 256; a custom model's follows from it and the memory.",
    )
    n_gpu_layers: int | None = Field(None, ge=-1, le=1000, description="Layers on the GPU; -1 for all.")
    slots: int = Field(4, ge=1, le=64, description="Sequences generated at the same time.")
    n_batch: int = Field(512, ge=32, le=8192, description="Most tokens in one step.")
    n_ubatch: int = Field(512, ge=32, le=8192, description="Most tokens computed at once.")
    n_threads: int = Field(0, ge=0, le=512, description="CPU threads of the model; 0 for all cores.")
    spin_count: int = Field(
        100_000,
        ge=0,
        le=1_000_000_000,
        description="Turns a waiting model thread spins before it sleeps; 0 where other work shares the cores.",
    )
    kv_type: Literal["f16", "q8_0", "q4_0"] = Field("f16", description="Type of the key-value cache.")
    kv_unified: bool = Field(False, description="One key-value buffer for all slots instead of one each.")
    flash_attention: Literal["auto", "on", "off"] = Field(
        "auto", description="Flash attention; `auto` is off on the CPU, where it is slower, unless `kv_type` needs it."
    )
    repack: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Weights rearranged for this CPU's instructions; `auto` does without if the trial load crashes.",
    )
    rope_scaling: Literal["none", "linear", "yarn", "ntk", "dynamic"] = Field(
        "none", description="How positions beyond the trained context are reached."
    )
    rope_factor: float = Field(2.0, gt=1, le=64, description="Scaling factor of `linear`, `yarn` and `ntk`.")
    rope_force: bool = Field(False, description="Scale even where the context fits the trained one.")
    queue_requests: int = Field(64, ge=1, le=10_000, description="Prompts that may wait for a slot.")
    queue_tokens: int = Field(131_072, ge=256, le=100_000_000, description="Tokens that may wait for a slot.")
    max_tokens: int = Field(1024, ge=16, le=4096, description="Longest answer a request may ask for, tokens.")
    max_parts: int = Field(
        256, ge=1, le=100_000, description="How many contexts long a text may be; longer ones are refused."
    )
    check_answers: bool = Field(True, description="Check what the model writes before it is sent.")
    prompt_cache_mb: int = Field(256, ge=0, le=1_048_576, description="Memory for prompts already read; 0 for none.")
    probe_timeout_s: float = Field(
        120.0, gt=0, le=3600, description="Longest time each trial load of a model in a child process may take."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.preset == "custom" and self.model_path is None and not (self.model_repo and self.model_file):
            raise ValueError("preset custom needs LLAMA_MODEL_PATH, or LLAMA_MODEL_REPO and LLAMA_MODEL_FILE")
        if self.n_ubatch > self.n_batch:
            raise ValueError("LLAMA_N_UBATCH must not be over LLAMA_N_BATCH")
        if self.slots > self.n_batch:
            raise ValueError("LLAMA_SLOTS must not be over LLAMA_N_BATCH")
        return self
