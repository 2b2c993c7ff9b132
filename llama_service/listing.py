"""Key points as a JSON list of exactly n strings: the grammar that constrains the model, and the output's parser.

A string that uses up its share of the token budget is closed, so that all n are there whatever the budget; the parser
drops the word it was cut in. Strings hold no quotes, backslashes or control characters, so nothing is ever escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llama_service.engine import NoToken

if TYPE_CHECKING:
    from llama_service.backend import Backend, Sampler

TOKENS_PER_POINT = 40
FEWEST_TOKENS_PER_POINT = 8
_BETWEEN = 4  # tokens between two strings where each of `"`, `,`, space and `"` is a token of its own
_CUT = "\ue000"
_STRING = '"\\"" first rest* "\\""'
_CHARACTERS = r"""
first ::= [^"\\\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u3000\ue000]
rest ::= [^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ue000]
"""


def grammar(count: int) -> str:
    """GBNF of a JSON list of `count` strings."""
    return f'root ::= "[" {_joined(count)} "]"{_CHARACTERS}'


def grammar_from_close(left: int) -> str:
    """GBNF of what follows in the list when a string is closed now and `left` more are to come."""
    rest = f'", " {_joined(left)} ' if left else ""
    return f'root ::= "\\"" {rest}"]"{_CHARACTERS}'


def _joined(count: int) -> str:
    return ' ", " '.join([_STRING] * count)


class ListConstraint:
    """Picks the tokens of one list. `max_tokens` is at least `FEWEST_TOKENS_PER_POINT` for each string."""

    def __init__(self, backend: Backend, count: int, max_tokens: int, text: str | None = None) -> None:
        self._backend = backend
        self._count = count
        self._share = max(1, max_tokens // count - _BETWEEN)
        self._grammar = backend.grammar(text or grammar(count))
        self._everything = np.arange(backend.info.vocabulary)
        self._quote = backend.token_of(b'"')
        self._used = 0
        self._closed = 0
        self._inside = False

    @property
    def done(self) -> bool:
        """Whether the last string is closed."""
        return self._closed == self._count

    def pick(self, logits: NDArray[np.float32], sampler: Sampler) -> tuple[int, bytes]:
        """The next token, and the bytes to read it as.

        Raises:
            NoToken: none is possible.
        """
        mark = b""
        if self._inside and self._used >= self._share and self._quote is not None:
            self._restart(grammar_from_close(self._count - self._closed - 1))
            token, mark = self._quote, _CUT.encode()
        else:
            token = self._sampled(logits, sampler)
        self._grammar.accept(token)
        piece = self._backend.piece(token)
        self._follow(piece)
        return token, mark + piece

    def close(self) -> None:
        """Free the grammar."""
        self._grammar.close()

    def _sampled(self, logits: NDArray[np.float32], sampler: Sampler) -> int:
        token = sampler.pick(logits)  # filtering the vocabulary is slow, and the first choice is usually allowed
        if self._grammar.allows(token) and not self._backend.is_end(token):
            return token
        allowed = self._grammar.filter(self._everything, logits)
        if not np.isfinite(allowed).any():
            raise NoToken
        return sampler.pick(allowed)

    def _restart(self, text: str) -> None:
        # a fresh grammar also forgets a character that was cut between two tokens
        self._grammar.close()
        self._grammar = self._backend.grammar(text)

    def _follow(self, piece: bytes) -> None:
        self._used += 1
        for _ in range(piece.count(b'"')):
            self._inside = not self._inside
            self._used = 0
            self._closed += not self._inside


class ListReader:
    """Parses the list as it arrives, and returns it as lines of text, whole words at a time."""

    def __init__(self) -> None:
        self.points: list[str] = []
        self._string: str | None = None
        self._given = 0

    def add(self, text: str) -> str:
        """The readable text that has become certain; joined, these are the lines `- point`."""
        return "".join(map(self._character, text))

    def _character(self, character: str) -> str:
        if self._string is None:
            if character != '"':
                return ""
            self._string, self._given = "", 0
            return "\n- " if self.points else "- "
        if character == '"':
            return self._close()
        self._string += character
        return self._certain() if character.isspace() else ""

    def _certain(self) -> str:
        assert self._string is not None
        return self._up_to(len(self._string.rstrip()))

    def _close(self) -> str:
        assert self._string is not None
        point = self._string.rstrip()
        if point.endswith(_CUT):
            point = _whole_words(point.removesuffix(_CUT), self._given)
        self._string = point
        given = self._up_to(len(point))
        self.points.append(point)
        self._string = None
        return given

    def _up_to(self, end: int) -> str:
        assert self._string is not None
        given = self._string[self._given : end]
        self._given = max(self._given, end)
        return given


def _whole_words(text: str, given: int) -> str:
    """`text` without the word it was cut in, unless it is the only one; never less than was given out already."""
    words = text.rpartition(" ")[0].rstrip(" ,;:–—-") if not text.endswith(" ") else text.rstrip()
    kept = words if len(words) >= max(given, 1) else text[:given] or text.rstrip("\ufffd ")
    return f"{kept}…"


def lines(points: Any) -> str:
    """The points as text, one a line, each after a hyphen."""
    return "\n".join(f"- {point}" for point in points)
