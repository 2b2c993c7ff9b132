"""Checks what a model writes before it is sent; asks once more for what does not hold up, then extracts instead."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import cast

from modelkit.engine import Engine, Event, Part, Passages, Request, Restart, Result, Token
from modelkit.extractive import as_lines
from servicekit import logs
from servicekit.problems import ProblemError, UpstreamFailed
from textkit.answer_checks import AnswerStream, CheckedAnswer, SourceText, check_points, check_summary
from textkit.sentences import join

ATTEMPTS = 2
# What extracting takes: 0.5 s for 100,000 characters, 1.1 s for a million, measured on a core that was shared.
_EXTRACT_S, _CHARACTERS_A_SECOND = 0.7, 500_000
# Indexing takes 4 s for a million characters: the answer on a longer text is checked against what its parts said.
MOST_INDEXED = 1_000_000
log = logs.get_logger(__name__)


def answer(engine: Engine, extractive: Engine, request: Request) -> Iterator[Event]:
    """The events of a request, of whose text only what passed the checks is sent.

    An answer that fails as a whole is asked for once more, differently, where there is time; after that, or when the
    deadline comes near, the extractive engine answers, and the result says why.

    Raises:
        ProblemError: as the engine does, except that it gave no usable answer.
    """
    limit = request.deadline - _time_to_extract(request)
    reason = ""
    for attempt in range(ATTEMPTS):
        began = time.monotonic()
        tried = _Attempt(engine, replace(request, attempt=attempt))
        result = yield from tried.run(limit)
        if result is not None:
            yield result
            return
        reason = tried.problem
        log.info("answer_refused", engine=engine.name, attempt=attempt, reason=reason)
        if tried.sent:
            yield Restart(reason)
        now = time.monotonic()
        if now + (now - began) > limit:
            break
    yield from degraded(extractive, request, reason)


def degraded(extractive: Engine, request: Request, reason: str) -> Iterator[Event]:
    """The extractive engine's events; the result says why it is not the model's."""
    for event in extractive.answer(request):
        yield replace(event, degraded_reason=reason) if isinstance(event, Result) else event


def _time_to_extract(request: Request) -> float:
    """Seconds kept free for the extractive answer, at most half of what there is."""
    needed = _EXTRACT_S + len(request.text) / _CHARACTERS_A_SECOND
    return min(needed, max(0.0, request.deadline - time.monotonic()) / 2)


class _Attempt:
    """One answer of the model. `sent` is the text that was passed on, `problem` why the answer cannot be used."""

    def __init__(self, engine: Engine, request: Request) -> None:
        self.sent = ""
        self.problem = ""
        self._engine = engine
        self._request = request
        self._passages: list[str] = [request.text] if len(request.text) <= MOST_INDEXED else []
        self._from_parts = not self._passages
        self._judge: _Judge | None = None

    def run(self, limit: float) -> Generator[Event, None, Result | None]:
        """The events that may be sent, without the result; returns that, or None for an answer that did not pass."""
        try:
            with closing(cast(Generator[Event, None, None], self._engine.answer(self._request))) as events:
                for event in events:
                    if time.monotonic() >= limit:
                        self.problem = "the model did not finish within the deadline"
                        return None
                    if isinstance(event, Result):
                        return (yield from self._result(event))
                    yield self._passed(event)
        except UpstreamFailed as error:
            self.problem = error.detail
        except ProblemError as error:
            if not self._request.attempt:
                raise
            self.problem = error.detail  # busy or too slow for a second attempt
        return None

    def _passed(self, event: Event) -> Event:
        match event:
            case Token(text):
                return self._grown(self._judged().add(text))
            case Passages(texts):
                self._passages, self._from_parts = list(texts), False
                return None
            case Part():
                return self._part(event)
        return event

    def _part(self, part: Part) -> Part | None:
        """A part with what of its summary holds up; None if nothing does."""
        if self._from_parts:
            if part.level == 0:
                self._passages.append(part.summary)
            return part
        kept = check_summary(part.summary, self._judged().source).text
        return replace(part, summary=kept) if kept else None

    def _result(self, result: Result) -> Generator[Event, None, Result | None]:
        judge = self._judged()
        streamed = judge.heard
        if not streamed:
            judge.add(as_lines(result.texts) if self._request.count else result.texts[0])
        checked = judge.close(result)
        if not checked.ok:
            self.problem = f"the model's answer did not pass the checks: {', '.join(checked.reasons)}"
            return None
        text = as_lines(checked.kept) if self._request.count else checked.text
        if not self._request.count and (left_out := check_summary(text, judge.source).left_out):
            # Together the sentences read otherwise than one by one: a heading runs into the next one, for example.
            self.problem = f"the model's answer did not pass the checks: {left_out[0].reason.value}"
            return None
        if streamed:
            yield self._grown(text)
        texts = checked.kept if self._request.count else (text,)
        return replace(result, texts=texts, truncated=checked.truncated)

    def _grown(self, text: str) -> Token | None:
        """What `text`, all that has passed, has more than was sent."""
        new, self.sent = text[len(self.sent) :], text
        return Token(new) if new else None

    def _judged(self) -> _Judge:
        if self._judge is None:
            source = SourceText(self._passages, self._engine.rules)
            self._judge = _PointsJudge(source, self._request.count) if self._request.count else _SummaryJudge(source)
        return self._judge


@dataclass
class _Judge:
    """Reads an answer as it comes. `add` returns all text that has passed so far."""

    source: SourceText
    heard: bool = False

    def add(self, text: str) -> str:
        raise NotImplementedError

    def close(self, result: Result) -> CheckedAnswer:
        raise NotImplementedError


class _SummaryJudge(_Judge):
    def __init__(self, source: SourceText) -> None:
        super().__init__(source)
        self._stream = AnswerStream(source)
        self._kept: list[str] = []

    def add(self, text: str) -> str:
        self.heard = True
        self._kept.extend(self._stream.add(text))
        return join(self._kept)

    def close(self, result: Result) -> CheckedAnswer:
        return self._stream.close(result.truncated)


class _PointsJudge(_Judge):
    """Points come as lines, each after a hyphen."""

    def __init__(self, source: SourceText, count: int) -> None:
        super().__init__(source)
        self._count = count
        self._text = ""
        self._complete = 0
        self._shown = ""

    def add(self, text: str) -> str:
        self.heard = True
        self._text += text
        points = [line.removeprefix("- ") for line in self._text.split("\n")[:-1]]
        if len(points) > self._complete:
            self._complete = len(points)
            kept = check_points(points, self.source, self._count).kept
            self._shown = as_lines(kept)
        return self._shown

    def close(self, result: Result) -> CheckedAnswer:
        return check_points(result.texts, self.source, min(self._count, len(result.texts)))
