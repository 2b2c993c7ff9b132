"""Captions are WebVTT whatever the sentence holds."""

from __future__ import annotations

from job_runner.captions import Cue, write


def test_cues_are_numbered_and_timed():
    text = write([Cue(0.0, 1.5, "One."), Cue(1.5, 3_661.25, "Two.")])
    assert text.startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nOne.\n")
    assert "\n2\n00:00:01.500 --> 01:01:01.250\nTwo.\n" in text


def test_markup_and_line_breaks_cannot_break_a_cue():
    text = write([Cue(0.0, 1.0, "a < b --> c\n\n3\n& d")])
    assert text.splitlines()[-1] == "a &lt; b --&gt; c 3 &amp; d"
