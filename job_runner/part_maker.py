"""Makes the parts of a job: by the workers, or in this process where no model is needed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, cast

from contract.engine_choice import EngineChoice
from contract.generation import Points, Summary
from contract.jobs import Worker
from job_runner import mp3
from job_runner.planner import Task
from servicekit import hooks, logs
from servicekit.abort import Abort
from servicekit.problems import UpstreamFailed
from servicekit.schemas import has_text
from servicekit.upstream import Answer, Upstream, parse_response, raise_for_problem
from servicekit.version import VERSION
from textkit import extractive
from textkit.lengths import Length

PRIORITY, BACKGROUND = "Visis-Priority", "background"
JSON, MP3 = "application/json", "audio/mpeg"
SPEECH = f"speech {VERSION}"
log = logs.get_logger(__name__)


class PartMaker:
    """Makes the parts of one job.

    Args:
        request_id: in the workers' logs; the calls of a job share it.
        timeout_s: the longest one call may take.
        abort: ends the calls and the computations.
    """

    def __init__(self, workers: Mapping[Worker, Upstream], *, request_id: str, timeout_s: float, abort: Abort) -> None:
        self._workers = workers
        self._headers = {hooks.REQUEST_ID: request_id, PRIORITY: BACKGROUND, "Content-Type": JSON}
        self._timeout_s = timeout_s
        self._abort = abort

    def make(self, task: Task, choice: EngineChoice) -> Any:
        """A summary's text, a list of points, or the pieces of a speech.

        Raises:
            Aborted: the job was stopped.
            ProblemError: what the worker answered, or that it did not.
        """
        if task.kind == "speech":
            return self._speak(task.text, str(task.setting))
        return self._extract(task) if choice.worker is None else self._ask(task, choice.worker)

    def _ask(self, task: Task, worker: Worker) -> Any:
        payload = {"text": task.text, "engine": "neural", **task.options}
        found: str | list[str]
        if task.kind == "summary":
            content = self._post(worker, "/summaries", {**payload, "length": task.setting}).json()
            found = parse_response(Summary, content).summary
        else:
            content = self._post(worker, "/points", {**payload, "count": task.setting}).json()
            found = parse_response(Points, content).points
        if not has_text("".join(found)):
            log.warning("answer_empty", worker=worker, task=task.kind)
            return self._extract(task)  # the model would write nothing again: the part's own sentences stand for it
        return found

    def _extract(self, task: Task) -> Any:
        self._abort.check()  # a part is small: it needs no check in between
        if task.kind == "points":
            return extractive.key_points(task.text, int(task.setting))
        return extractive.summarise(task.text, cast(Length, task.setting)).summary

    def _speak(self, text: str, voice: str) -> list[dict[str, Any]]:
        """Each line of the text that can be spoken as `{"text", "mp3" (base64)}`."""
        pieces = []
        for line in filter(has_text, text.split("\n")):
            sound = b"".join(frame.data for frame in self._sound(line, voice))
            pieces.append({"text": line, "mp3": base64.b64encode(sound).decode()})
        return pieces

    def _sound(self, line: str, voice: str) -> list[mp3.Frame]:
        answer = self._post("bart", "/speech", {"text": line, "voice": voice or None}, accept=MP3)
        try:
            return mp3.frames(answer.body)
        except mp3.NotMp3:
            raise UpstreamFailed("bart_service gave audio that is not an MP3.") from None

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
