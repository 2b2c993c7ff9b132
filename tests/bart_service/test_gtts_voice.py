"""The online voice: gTTS's own code, with only the network replaced."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import requests
import soundfile

from bart_service.speech.gtts_voice import GttsVoice
from bart_service.speech.speaker import Speaker
from bart_service.speech.voice import UnknownVoice, VoiceError


def mp3(seconds: float) -> bytes:
    file = io.BytesIO()
    tone = np.sin(np.arange(int(24000 * seconds)) / 10) * 0.3
    soundfile.write(file, tone, 24000, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()


class FakeGoogle:
    """Answers `requests.Session.send` with the given statuses, errors or audio, in turn; the last one for ever."""

    def __init__(self, *answers: int | Exception | bytes) -> None:
        self._answers = list(answers)
        self.timeouts: list[object] = []

    def __call__(self, _session: requests.Session, request: requests.PreparedRequest, **kwargs: object):
        self.timeouts.append(kwargs.get("timeout"))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.request, response.url = request, request.url
        response.status_code = answer if isinstance(answer, int) else 200
        audio = base64.b64encode(answer).decode() if isinstance(answer, bytes) else ""
        response.raw = io.BytesIO((rf'[["wrb.fr","jQ1olc","[\"{audio}\"]"]]' if audio else "").encode())
        return response


@pytest.fixture
def google(monkeypatch):
    def install(*answers: int | Exception | bytes) -> FakeGoogle:
        fake = FakeGoogle(*answers)
        monkeypatch.setattr(
            requests.Session, "send", lambda session, request, **kwargs: fake(session, request, **kwargs)
        )
        monkeypatch.setattr("bart_service.speech.gtts_voice.FIRST_PAUSE_S", 0.001)
        return fake

    return install


def test_speech_is_decoded_to_samples(google):
    fake = google(mp3(0.5))
    utterance = GttsVoice(timeout_s=3).speak("Hello there.", language="en", speed=1.0)
    assert utterance.sample_rate == 24000
    assert utterance.seconds == pytest.approx(0.5, abs=0.1)
    assert np.abs(utterance.samples).max() > 5000
    assert fake.timeouts == [3]


def test_a_429_is_tried_again(google):
    fake = google(429, 429, mp3(0.2))
    assert GttsVoice(retries=2).speak("Hello there.").seconds > 0.1
    assert len(fake.timeouts) == 3


def test_429s_are_not_tried_for_ever(google):
    fake = google(429)
    with pytest.raises(VoiceError, match="http-429"):
        GttsVoice(retries=2).speak("Hello there.")
    assert len(fake.timeouts) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(500, "http-500"), (403, "http-403"), (requests.Timeout(), "unreachable"),
     (requests.ConnectionError(), "unreachable"), (b"not audio", "not-audio")],
)  # fmt: skip
def test_other_failures_are_left_to_the_fallback_at_once(google, answer, reason):
    fake = google(answer)
    with pytest.raises(VoiceError, match=reason):
        GttsVoice(retries=3).speak("Hello there.")
    assert len(fake.timeouts) == 1


def test_a_sentence_with_nothing_to_speak_is_left_to_the_fallback(google):
    google(mp3(0.2))
    with pytest.raises(VoiceError, match="nothing-to-speak"):
        GttsVoice().speak("...")


def test_an_unknown_language_is_refused(google):
    fake = google(mp3(0.2))
    with pytest.raises(UnknownVoice):
        GttsVoice().speak("Hello there.", language="qq")
    assert fake.timeouts == []


def test_a_regional_tag_finds_a_code_that_google_has(google):
    google(mp3(0.2))
    [spoken] = Speaker([[GttsVoice()]]).speak("Hello there.", voice="en-GB", speed=1.0)
    assert spoken.by == "gtts"


def test_the_service_marks_the_fallback_in_a_header(google, make_client):
    google(requests.ConnectionError())
    answer = make_client(speech="gtts").post("/speech", json={"text": "Hello there."})
    assert (answer.status_code, answer.headers["Visis-Voice"]) == (200, "espeak")
    assert answer.headers["Visis-Voice-Fallback"] == "gtts failed"


def test_the_service_speaks_with_the_online_voice(google, make_client):
    google(mp3(0.4))
    answer = make_client(speech="gtts").post("/speech", json={"text": "Hello there."}, headers={"Accept": "audio/wav"})
    assert answer.headers["Visis-Voice"] == "gtts"
    assert "Visis-Voice-Fallback" not in answer.headers
    assert soundfile.read(io.BytesIO(answer.data))[1] == 24000
