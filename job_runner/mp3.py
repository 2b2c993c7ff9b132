"""Puts MP3 pieces together into one file that players can seek in, with chapter marks. Pure; decodes nothing.

A file begins with an ID3v2.3 tag (title, `CTOC` and `CHAP` frames as in the ID3v2 Chapter Frame Addendum) and an `Xing`
frame: how many frames and bytes follow, and at which byte each hundredth of the time begins. Without it a player takes
the length of a file with a variable bit rate from its first frame, and is wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Layer III, ISO/IEC 11172-3 table 2.4.2.3 and 13818-3: kbit/s by the header's index, for MPEG 1 and for MPEG 2 and 2.5.
_BIT_RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MPEG_1 = 3
_XING_FLAGS = 7  # frames, bytes and table of contents are given
_TABLE = 100


class NotMp3(Exception):
    """The bytes are not a run of whole MPEG Layer III frames."""


@dataclass(frozen=True)
class Frame:
    """One frame of a stream: its bytes and how much sound it holds."""

    data: bytes
    samples: int
    sample_rate: int

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return self.samples / self.sample_rate


@dataclass(frozen=True)
class Mark:
    """A chapter's title and where it begins, in seconds."""

    title: str
    start_s: float


def frames(data: bytes) -> list[Frame]:
    """The frames of a stream that hold sound: tags, and frames that only describe the stream, are left out.

    Raises:
        NotMp3: there is something else than frames in it.
    """
    return [frame for frame in _frames(data, _tag_size(data)) if not _only_describes(frame)]


def seconds(found: Sequence[Frame]) -> float:
    """How long these frames sound."""
    return sum(frame.seconds for frame in found)


def join(pieces: Sequence[Sequence[Frame]], title: str, marks: Sequence[Mark] = ()) -> bytes:
    """One file of all pieces, which must have the same sample rate; empty if they hold no frame.

    Raises:
        NotMp3: the pieces differ in their sample rate.
    """
    found = [frame for piece in pieces for frame in piece]
    if not found:
        return b""
    if len({frame.sample_rate for frame in found}) > 1:
        raise NotMp3("the pieces have different sample rates")
    return _tag(title, marks, seconds(found)) + _xing(found) + b"".join(frame.data for frame in found)


def _tag_size(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))


def _frames(data: bytes, at: int) -> Iterator[Frame]:
    while at < len(data):
        if data[at : at + 3] == b"TAG" and len(data) - at == 128:
            return
        frame = _frame(data, at)
        yield frame
        at += len(frame.data)


def _frame(data: bytes, at: int) -> Frame:
    """The frame at this place; only Layer III has the bits 01 where the header tells the layer."""
    head = int.from_bytes(data[at : at + 4], "big")
    version, rate_index, sample_index = head >> 19 & 3, head >> 12 & 15, head >> 10 & 3
    layer_3 = head >> 21 == 0x7FF and version != 1 and head >> 17 & 3 == 1
    if not layer_3 or sample_index == 3 or not _BIT_RATES[version == _MPEG_1][rate_index]:
        raise NotMp3(f"no frame at byte {at}")
    bit_rate = _BIT_RATES[version == _MPEG_1][rate_index] * 1000
    sample_rate = _SAMPLE_RATES[version][sample_index]
    samples = 1152 if version == _MPEG_1 else 576
    size = samples // 8 * bit_rate // sample_rate + (head >> 9 & 1)
    if at + size > len(data):
        raise NotMp3("the last frame is cut off")
    return Frame(data[at : at + size], samples, sample_rate)


def _only_describes(frame: Frame) -> bool:
    """Whether it is a `Xing`, `Info` or `VBRI` frame, or the empty place of one that was never filled in."""
    body = frame.data[4:]
    return not any(body) or any(name in frame.data[:64] for name in (b"Xing", b"Info", b"VBRI"))


def _xing(found: Sequence[Frame]) -> bytes:
    """A frame of silence that holds the table of contents; it counts in the bytes, not in the frames."""
    first = found[0]
    head = bytearray(first.data[:4])
    mono = head[3] >> 6 == 3
    mpeg_1 = head[1] >> 3 & 3 == _MPEG_1
    index = next(
        index for index, rate in enumerate(_BIT_RATES[mpeg_1]) if _size(rate, first) >= 4 + 32 + 4 + 4 + 4 + 4 + _TABLE
    )
    head[1] |= 1  # no checksum
    head[2] = index << 4 | head[2] & 0x0C
    size = _size(_BIT_RATES[mpeg_1][index], first)
    side = (17 if mono else 32) if mpeg_1 else (9 if mono else 17)
    total = size + sum(len(frame.data) for frame in found)
    body = struct.pack(">4sIII", b"Xing", _XING_FLAGS, len(found), total) + _table(found, size, total)
    return (bytes(head) + bytes(side) + body).ljust(size, b"\0")


def _size(kbits: int, like: Frame) -> int:
    return like.samples // 8 * kbits * 1000 // like.sample_rate


def _table(found: Sequence[Frame], before: int, total: int) -> bytes:
    """For each hundredth of the time, the place in the file in 256ths."""
    places = [before]
    for frame in found:
        places.append(places[-1] + len(frame.data))
    return bytes(min(255, places[step * len(found) // _TABLE] * 256 // total) for step in range(_TABLE))


def _tag(title: str, marks: Sequence[Mark], length_s: float) -> bytes:
    contents = _text_frame(b"TIT2", title)
    if marks:
        names = [b"chp%d" % number for number in range(len(marks[:255]))]
        listed = b"".join(name + b"\0" for name in names)
        contents += _id3_frame(b"CTOC", b"toc\0" + bytes((3, len(names))) + listed)
        ends = [*(mark.start_s for mark in marks[1:]), length_s]
        for name, mark, end_s in zip(names, marks, ends, strict=False):
            times = struct.pack(">IIII", round(mark.start_s * 1000), round(end_s * 1000), 0xFFFFFFFF, 0xFFFFFFFF)
            contents += _id3_frame(b"CHAP", name + b"\0" + times + _text_frame(b"TIT2", mark.title))
    size = bytes(len(contents) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + contents


def _text_frame(name: bytes, text: str) -> bytes:
    return _id3_frame(name, b"\x01" + text[:200].encode("utf-16"))


def _id3_frame(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">IH", len(body), 0) + body
