from __future__ import annotations

import pytest

from bart_service.speech import languages

KNOWN = [
    "de",
    "en",
    "en-gb",
    "en-gb-scotland",
    "en-us",
    "es",
    "es-419",
    "fr-fr",
    "he",
    "nb",
    "pt",
    "pt-br",
    "sr",
    "yue",
    "zh",
]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "de"), ("de-DE", "de"), ("de_AT", "de"), ("ger", "de"), ("deu", "de"), ("de-CH-1996", "de"),
        ("en", "en"), ("EN-gb", "en-gb"), ("eng", "en"), ("en-AU", "en"), ("en-US", "en-us"),
        ("zh-CN", "zh"), ("cmn", "zh"), ("chi", "zh"), ("zh-Hant-TW", "zh"), ("yue-HK", "yue"),
        ("pt-BR", "pt-br"), ("pt-PT", "pt"), ("no", "nb"), ("iw", "he"), ("fre", "fr-fr"), ("fr-CA", "fr-fr"),
        ("es-419", "es-419"), ("sr-Latn", "sr"),
    ],
)  # fmt: skip
def test_a_tag_finds_the_code_of_its_language_and_region(tag, code):
    assert languages.find(tag, KNOWN) == code


@pytest.mark.parametrize("tag", ["nn", "it", "xx", "und", "mul", "klingon", "", "a b", "../etc", "x" * 300])
def test_another_language_finds_nothing(tag):
    assert languages.find(tag, KNOWN) is None
