"""Finds sentences in another language than their text's. The only module that imports py3langid.

Careful rather than complete: a short sentence, a doubt, or a language that is easily taken for the text's own
(Norwegian in a Danish book) leaves the text's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bart_service.speech import languages

LEAST_LETTERS, LEAST_WIDE = 40, 6
_SURE = 0.999
_WIDE = re.compile(r"[\u0900-\u0dff\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af]")  # a letter of these is about a syllable
_ALIKE = (
    frozenset(("da", "no", "nb", "nn", "sv", "fo", "is")),
    frozenset(("es", "pt", "gl", "ca", "oc", "an", "it", "ro", "la")),
    frozenset(("cs", "sk", "pl", "sl")),
    frozenset(("hr", "sr", "bs", "sl", "mk")),
    frozenset(("ru", "uk", "be", "bg", "mk", "kk", "ky")),
    frozenset(("nl", "af", "de", "lb")),
    frozenset(("id", "ms", "jv")),
    frozenset(("hi", "mr", "ne")),
    frozenset(("ar", "fa", "ur", "ps", "ug")),
    frozenset(("zh", "yue", "ja")),
)


class Detector:
    """Tells a text's own language from some others."""

    def __init__(self, own: str, others: Iterable[str]) -> None:
        """`own` and `others` are tags; what the model does not know, or could take for `own`, is never found."""
        base = languages.base(own)
        known = set(_model().labels)
        alike = {code for group in _ALIKE if base in group for code in group}
        others = {languages.base(other) for other in others}
        self._found = frozenset((others & known) - alike - {base}) if base in known else frozenset()
        self._codes = tuple(sorted({base, *self._found}))

    def other(self, sentence: str) -> str | None:
        """The language of a sentence if it is surely another, else None."""
        if not self._found or not _is_long(sentence):
            return None
        code, confidence = _among(self._codes).classify(sentence)
        return str(code) if code in self._found and confidence > _SURE else None


def load() -> None:
    """Load the model, so that the first sentence need not wait for it."""
    _model()


def _is_long(sentence: str) -> bool:
    letters = sum(map(str.isalpha, sentence))
    return letters >= LEAST_LETTERS or len(_WIDE.findall(sentence)) >= LEAST_WIDE


@lru_cache(maxsize=16)
def _among(codes: tuple[str, ...]) -> LanguageIdentifier:
    """The model with fewer languages: its confidence is theirs alone."""
    identifier = copy(_model())
    identifier.set_languages(list(codes))
    return identifier


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
