"""Which engine makes the parts of a job, how large a part is for it, and how a part is made."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from gateway.jobs import mp3, wire
from gateway.jobs.planner import Task
from servicekit import hooks, logs
from servicekit.abort import Abort
from servicekit.problems import InvalidInput, NotInstalled, NotReady, UpstreamFailed
from servicekit.schemas import has_text
from servicekit.upstream import Answer, Upstream, parse_response, raise_for_problem
from servicekit.version import VERSION
from textkit import extractive

Engine = Literal["auto", "bart", "llama", "extractive"]
Worker = Literal["bart", "llama"]
PRIORITY, BACKGROUND = "Visis-Priority", "background"
JSON, MP3 = "application/json", "audio/mpeg"
# A model reads a part at once: so many characters for each token of its window are less than any book's average.
CHARS_A_TOKEN = 3.2
SMALLEST_PART, USUAL_PART = 800, 3_200
# Choosing sentences needs no window: a chapter is a part, and all chapters' summaries are read together.
EXTRACTIVE_PART, EXTRACTIVE_JOIN = 40_000, 1_000_000


@dataclass(frozen=True)
class Maker:
    """What makes the text of a job: the engine and model, and how many characters it takes as a part and to join."""

    engine: str
    model: str
    part_chars: int
    join_chars: int
    worker: Worker | None = None

    @property
    def name(self) -> str:
        """What two equal parts have in common besides their text; another release may write other texts."""
        return f"{self.engine} {self.model} {VERSION}"


EXTRACTIVE = Maker("extractive", "sentence-graph", EXTRACTIVE_PART, EXTRACTIVE_JOIN)
SPEECH = f"speech {VERSION}"


log = logs.get_logger(__name__)


class Models(Protocol):
    """Asks a worker for `GET /models`."""

    def __call__(self, worker: Worker) -> Any: ...


def choose(engine: Engine, models: Models, prefers: Worker = "bart") -> Maker:
    """The maker for a requested engine: `auto` takes what the preferred worker would.

    Raises:
        NotReady: the worker has no model, or it is not loaded (yet).
        UpstreamFailed, UpstreamTimeout: the worker cannot be reached.
    """
    if engine == "extractive":
        return EXTRACTIVE
    worker = prefers if engine == "auto" else engine
    rows = [row for row in parse_response(wire.Engines, models(worker)).models if row.engine != "extractive"]
    if engine == "auto" and not any(row.selected for row in rows):
        return EXTRACTIVE
    if not rows:
        raise NotInstalled(f"No model is installed for {worker}_service. The engine extractive needs none.")
    row = next((row for row in rows if row.selected), rows[0])
    if not row.loaded:
        raise NotReady(f"The model of {worker}_service is not loaded: {row.why}.")
    size = _part_chars(row.limits)
    return Maker(row.engine, f"{worker} {row.model}", size, size, worker)


def _part_chars(limits: Mapping[str, Any]) -> int:
    """How many characters surely fit the model's window, a last part's extra quarter included."""
    for name in ("input_tokens", "window", "n_ctx"):
        tokens = limits.get(name)
        if isinstance(tokens, int) and tokens > 0:
            return max(SMALLEST_PART, int(min(tokens, 8192) * CHARS_A_TOKEN * 0.8))
    return USUAL_PART


class Hands:
    """Makes the parts of one job: by the workers, or here where no model is needed.

    Args:
        request_id: in the workers' logs; the calls of a job share it.
        timeout_s: the longest one call may take.
        abort: breaks the calls off.
    """

    def __init__(self, workers: Mapping[Worker, Upstream], *, request_id: str, timeout_s: float, abort: Abort) -> None:
        self._workers = workers
        self._headers = {hooks.REQUEST_ID: request_id, PRIORITY: BACKGROUND, "Content-Type": JSON}
        self._timeout_s = timeout_s
        self._abort = abort

    def make(self, task: Task, maker: Maker) -> Any:
        """A summary's text, a list of points, or the pieces of a speech.

        Raises:
            Aborted: the job's calls are broken off.
            ProblemError: what the worker answered, or that it did not.
        """
        if task.kind == "speech":
            return self._speak(task.text, str(task.setting))
        return _extract(task) if maker.worker is None else self._ask(task, maker.worker)

    def _ask(self, task: Task, worker: Worker) -> Any:
        path, wanted = {"summary": ("/summaries", "length"), "points": ("/points", "count")}[task.kind]
        payload = {"text": task.text, wanted: task.setting, "engine": "neural", **task.options}
        answer = parse_response(wire.Written, self._post(worker, path, payload).json())
        found = answer.summary if task.kind == "summary" else answer.points
        if not found or not has_text("".join(found)):
            log.warning("answer_empty", worker=worker, task=task.kind)
            return _extract(task)  # asked again it would say nothing again: the part speaks for itself
        return found

    def _speak(self, text: str, voice: str) -> list[dict[str, Any]]:
        """Each line of the text that can be spoken as `{"text", "mp3" (base64)}`."""
        pieces = []
        for line in filter(has_text, text.split("\n")):
            sound = b"".join(frame.data for frame in self._sound(line, voice))
            pieces.append({"text": line, "mp3": base64.b64encode(sound).decode()})
        return pieces

    def _sound(self, line: str, voice: str) -> list[mp3.Frame]:
        try:
            answer = self._post("bart", "/speech", {"text": line, "voice": voice or None}, accept=MP3)
        except InvalidInput:
            if not voice:
                raise
            return self._sound(line, "")  # the book's language has no voice here: the deployment's own
        try:
            return mp3.frames(answer.body)
        except mp3.NotMp3:
            raise UpstreamFailed("bart_service gave audio that is no MP3.") from None

    def _post(self, worker: Worker, path: str, payload: Mapping[str, Any], *, accept: str = JSON) -> Answer:
        answer = self._workers[worker].call(
            "POST",
            path,
            body=json.dumps(payload, ensure_ascii=False).encode(),
            headers={**self._headers, "Accept": accept},
            retriable=True,
            timeout_s=self._timeout_s,
            abort=self._abort,
        )
        raise_for_problem(answer)
        return answer


def _extract(task: Task) -> Any:
    if task.kind == "points":
        return extractive.key_points(task.text, int(task.setting))
    return extractive.summarise(task.text, cast(extractive.Length, task.setting)).summary
