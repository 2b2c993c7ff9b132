"""M4B: one AAC file with chapter marks, cover and tags. The only module that imports PyAV.

Chapters are encoded once, each to a file of its own, as soon as its sound is there; putting them together copies their
packets, so a book of ten hours is bound in seconds and a broken-off narration has lost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.stream import Disposition

BITS_A_SECOND = 64_000  # of mono speech
_FORMAT = "mp4"  # with the brand of audiobooks; FFmpeg's own "ipod" takes no cover
_OPTIONS = {"movflags": "+faststart", "brand": "M4B "}
_COVERS = ("image/jpeg", "image/png")


class NotAudio(ValueError):
    """A file that cannot be decoded as sound; the text names it."""


@dataclass(frozen=True)
class Chapter:
    """A chapter's title and the file that `encode` made of it."""

    title: str
    path: Path


@dataclass(frozen=True)
class Mark:
    """Where a chapter begins and ends in the whole, in seconds."""

    title: str
    start_s: float
    end_s: float


def encode(sources: Sequence[Path], target: Path, *, bits_a_second: int = BITS_A_SECOND) -> float:
    """Encode sound files, one after the other, as one mono AAC file; answers its seconds.

    The first source's sample rate is kept. `target` is complete or not there.

    Raises:
        NotAudio: a source is no sound file.
        OSError: a file cannot be read or written.
    """
    draft = target.with_name(f"{target.name}.part")
    with av.open(str(draft), "w", format=_FORMAT) as out:
        stream: Any = None
        resampler: Any = None
        samples = 0
        for source in sources:
            for frame in _frames(source):
                if stream is None:
                    stream = out.add_stream("aac", rate=frame.sample_rate, layout="mono")
                    stream.bit_rate = bits_a_second
                    resampler = AudioResampler(
                        "fltp", "mono", frame.sample_rate, stream.codec_context.frame_size or 1024
                    )
                for changed in resampler.resample(frame):
                    changed.pts, changed.time_base = samples, Fraction(1, stream.rate)
                    samples += changed.samples
                    out.mux(stream.encode(changed))
        if stream is None:
            raise NotAudio("there is no sound to encode")
        for changed in resampler.resample(None):
            changed.pts, changed.time_base = samples, Fraction(1, stream.rate)
            samples += changed.samples
            out.mux(stream.encode(changed))
        out.mux(stream.encode(None))
    draft.replace(target)
    return samples / float(stream.rate)


def bind(
    chapters: Sequence[Chapter],
    target: Path,
    *,
    tags: Mapping[str, str],
    cover: tuple[str, bytes] | None = None,
) -> list[Mark]:
    """Put encoded chapters together; answers where each lies.

    Args:
        tags: FFmpeg's names: `title`, `artist` (the author), `album`, `composer` (the narrator), `date`, `genre`,
            `comment`, `language`.
        cover: media type (JPEG or PNG) and bytes.

    Raises:
        NotAudio: a chapter is not a file of `encode`, or they have different sample rates.
        ValueError: no chapters, or a cover of another type.
        OSError: a file cannot be read or written.
    """
    if not chapters:
        raise ValueError("a book has at least one chapter")
    if cover is not None and cover[0] not in _COVERS:
        raise ValueError(f"a cover is one of {', '.join(_COVERS)}")
    draft = target.with_name(f"{target.name}.part")
    marks: list[Mark] = []
    with av.open(str(draft), "w", format=_FORMAT, options=_OPTIONS) as out:
        out.metadata.update(tags)
        with _opened(chapters[0].path) as first:
            template = first.streams.audio[0]
            stream = out.add_stream_from_template(template)
            rate = template.rate
        picture = _add_cover(out, cover[1]) if cover else None
        out.set_chapters(_chapter_entries(chapters, rate, marks))
        out.start_encoding()
        if picture is not None:
            out.mux(picture)
        at = 0
        for chapter in chapters:
            for packet in _packets(chapter.path):
                packet.stream = stream
                packet.pts = packet.dts = at
                packet.time_base = Fraction(1, rate)
                at += int(packet.duration or 0)
                out.mux(packet)
    draft.replace(target)
    return marks


def _chapter_entries(chapters: Sequence[Chapter], rate: int, marks: list[Mark]) -> list[Any]:
    entries, at = [], 0
    for number, chapter in enumerate(chapters):
        with _opened(chapter.path) as found:
            if found.streams.audio[0].rate != rate:
                raise NotAudio(f"{chapter.path.name} has another sample rate than the first chapter")
        length = sum(int(packet.duration or 0) for packet in _packets(chapter.path))
        marks.append(Mark(chapter.title, at / rate, (at + length) / rate))
        entry = {"id": number, "start": at, "end": at + length, "time_base": Fraction(1, rate)}
        entries.append({**entry, "metadata": {"title": chapter.title}})
        at += length
    return entries


def _packets(path: Path) -> Iterator[Any]:
    with _opened(path) as found:
        for packet in found.demux(audio=0):
            if packet.size:
                yield packet


def _opened(path: Path) -> Any:
    try:
        found = av.open(str(path))
    except av.error.InvalidDataError:
        raise NotAudio(f"{path.name} is not a sound file") from None
    if not found.streams.audio:
        found.close()
        raise NotAudio(f"{path.name} holds no sound")
    return found


def _frames(path: Path) -> Iterator[Any]:
    with _opened(path) as found:
        try:
            yield from found.decode(audio=0)
        except av.error.InvalidDataError:
            raise NotAudio(f"{path.name} is damaged") from None


def _add_cover(out: Any, picture: bytes) -> Any:
    """The picture as a packet of a stream of its own, which MP4 keeps as the cover."""
    try:
        found = av.open(BytesIO(picture))
    except av.error.InvalidDataError:
        raise ValueError("the cover is not a picture") from None
    with found:
        stream = out.add_stream_from_template(found.streams.video[0])
        stream.disposition = Disposition.attached_pic
        packet = next(packet for packet in found.demux(video=0) if packet.size)
        packet.stream = stream
        packet.pts = packet.dts = 0
        return packet
