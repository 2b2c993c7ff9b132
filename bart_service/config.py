"""The settings of the BART worker, from the environment (`BART_*`)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings

EngineName = Literal["auto", "extractive", "ctranslate2", "transformers"]
Device = Literal["auto", "cpu", "cuda"]
ComputeType = Literal["auto", "int8", "int8_float32", "int8_float16", "float16", "bfloat16", "float32"]


class BartSettings(ServiceSettings):
    """Everything that can be set about `bart_service`."""

    model_config = SettingsConfigDict(env_prefix="BART_")
    owner: ClassVar[str] = "bart_service"

    port: int = Field(8002, ge=0, le=65535, description="Port to listen on.")
    engine: EngineName = Field(
        "auto", description="`auto` takes the weights on disk, else `extractive`. A named engine must load."
    )
    model: str = Field(
        "distilbart-cnn-12-6",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        description="Which fetched model: the name of its folder.",
    )
    models_dir: Path | None = Field(
        None, description="Folder of the fetched models; `VISIS_HOME/models/bart` if unset."
    )
    device: Device = Field("auto", description="Where the neural engine computes.")
    compute_type: ComputeType = Field(
        "auto", description="Number format of the weights: `auto` is int8 on the CPU, 16 bits on a GPU."
    )
    model_threads: int = Field(
        0, ge=0, le=1024, description="Threads of the neural engine on the CPU; 0 is every core."
    )
    batch_pieces: int = Field(8, ge=1, le=512, description="Most pieces computed together.")
    batch_tokens: int = Field(
        8192, ge=64, le=4_194_304, description="Most padded tokens computed together (longest piece x pieces)."
    )
    batch_wait_ms: float = Field(10.0, ge=0, le=1000, description="Longest wait of an idle worker for a batch to fill.")
    queue_size: int = Field(64, ge=1, le=100_000, description="Requests admitted at a time; more are answered 503.")
    check_answers: bool = Field(True, description="Check what the model writes before it is sent.")
    lead_s: float = Field(5.0, ge=0, le=3600, description="Head start of short requests over parts of long ones.")
    max_parts: int = Field(512, ge=1, le=1_000_000, description="Most chunks of one text for the neural engine.")
    speech: Literal["auto", "espeak", "piper", "kokoro", "gtts"] = Field(
        "auto",
        description="The voice: `auto` takes a neural voice of the text's language if one is on disk, else `espeak`;"
        " `gtts` sends the text to Google.",
    )
    voices_dir: Path | None = Field(
        None, description="Folder of the fetched voices; `VISIS_HOME/models/voices` if unset."
    )
    speech_voice: str = Field(
        "en", pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{1,99}$", description="The language or voice, if none is asked."
    )
    speech_threads: int = Field(0, ge=0, le=1024, description="Sentences spoken at the same time; 0 is every core.")
    speech_max_chars: int = Field(200_000, ge=1, le=10_000_000, description="Longest text that is spoken at once.")
    speech_streams: int = Field(8, ge=1, le=1024, description="Texts spoken at the same time.")
    speech_timeout_s: float = Field(10.0, gt=0, le=300, description="Longest time a voice may take for one sentence.")
    gtts_retries: int = Field(2, ge=0, le=10, description="Further attempts when Google answers 429.")

    def model_folder(self) -> Path:
        """The folder of the configured model."""
        return (self.models_dir or self.home / "models" / "bart") / self.model

    def voices_folder(self) -> Path:
        """The folder of the neural voices."""
        return self.voices_dir or self.home / "models" / "voices"
