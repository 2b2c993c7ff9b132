"""What the tests of this folder share: generated stories, a mirror's catalogue, and the settings of a tiny training."""

from __future__ import annotations

from random import Random
from typing import Any

PEOPLE = ["Anna", "the miller", "old Karel", "the captain", "her brother", "the postman", "Doctor Lind", "the baker"]
VERBS = ["carried", "forgot", "repaired", "painted", "sold", "hid", "found", "described", "measured", "wanted"]
THINGS = ["the lantern", "a wooden boat", "the letter", "seven maps", "a copper kettle", "the bridge", "his violin"]
PLACES = ["by the river", "in the attic", "near the harbour", "behind the mill", "on the frozen lake", "at the fair"]
ENDINGS = [
    "before the rain came",
    "although nobody had asked",
    "while the others slept",
    "for the third time that week",
]


def story(seed: int, sentences: int = 90) -> str:
    """Sentences of a little grammar of ours, different for each seed, in paragraphs."""
    draw = Random(seed)
    made = [
        f"{draw.choice(PEOPLE).capitalize()} {draw.choice(VERBS)} {draw.choice(THINGS)} {draw.choice(PLACES)} "
        f"{draw.choice(ENDINGS)}, and {draw.choice(PEOPLE)} {draw.choice(VERBS)} item {draw.randint(1, 9999)}."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(made[at : at + 6]) for at in range(0, sentences, 6))


TINY: dict[str, Any] = {
    "from_scratch": "tiny",
    "vocabulary": 600,
    "max_source": 96,
    "max_target": 32,
    "batch_size": 8,
    "accumulation": 1,
    "learning_rate": 1e-3,
    "num_beams": 1,
    "eval_limit": 3,
    "log_steps": 1,
    "quiet": True,
}

CATALOGUE = (
    "Text#,Type,Issued,Title,Language,Authors,Subjects,LoCC,Bookshelves\n"
    '7,Text,2001-01-01,"A Tale\nin Two Lines",en,"Abel, Ann, 1800-1850; Zed, Q.",,,\n'
    '5,Text,2001-01-01,Second,en; fr,"Fox, F.",,,\n'
    '6,Text,2001-01-01,Later,en,"Gray, G.",,,\n'
    '8,Sound,2001-01-01,Spoken,en,"Abel, Ann",,,\n'
    '9,Text,2001-01-01,Autre,fr,"Abel, Ann",,,\n'
    "10,Text,2001-01-01,Nobody,en,,,,\n"
)
