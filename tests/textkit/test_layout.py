import pytest
from hypothesis import given
from hypothesis import strategies as st

from textkit.layout import prose

PROSE = "Anna Orme sold the mill by the river to a stranger, who had it painted blue and hung with bells in the spring."
FENCE = "```"


def kept(block: str) -> str:
    text = f"{PROSE}\n\n{block}\n\n{PROSE}"
    found = prose(text)
    assert len(found) == len(text)
    assert found.startswith(PROSE)
    assert found.endswith(PROSE)
    return " ".join(found.removeprefix(PROSE).removesuffix(PROSE).split())


@pytest.mark.parametrize(
    "block",
    [
        "CHAPTER I. Down the River",
        "Chapter 12\n\nThe Old Mill",
        "IV\nThe Storm",
        "XV. WHAT HAD HAPPENED AT THE MILL.",
        "Part Two. The Captain Returns To The River.",
        "## How the mill works",
        "The Mill\n========",
        "Westbridge, Dec. 11th, 17—.",
        "_To Mrs. Hale, England._",
        "“Hunsford, near Westbridge, Kent, 15th October.",
        "My dear Sister,",
        "“MY DEAR FRIEND,--",
        "Your affectionate brother,\nPeter Vane",
        "Letter from Miss Orme to Captain Hale.",
        "Figure 3. The mill in the year of the flood, seen from the ferry.",
        "[Illustration: The mill]",
        "Table 2: Rent of the mill in crowns by year and by tenant",
        "| Year | Rent |\n|---|---|\n| 1843 | 900 |",
        "1843     900     Hale\n1844     950     Vane\n1845     990     Orme",
        "The Storm . . . . . . . . . 114\nThe Calm ............. 120",
        f"{FENCE}python\nmill = Mill(wheels=2)\n\nmill.turn()\n{FENCE}",
        "~~~\nany words at all that stand in here\n~~~",
        "    for wheel in mill.wheels:\n        wheel.turn(speed=3)",
        "$ mill sell --to stranger\n>>> mill.price()",
        "![The mill](mill.png)",
        "<div class='mill'>",
    ],
)
def test_what_is_no_prose_is_blanked(block: str) -> None:
    assert kept(block) == ""


@pytest.mark.parametrize(
    "block",
    [
        PROSE,
        "He came.",
        "“Why not?” said the Miller.",
        "Mr. Orme bowed.",
        "I told him.",
        "I trembled at the sight of the river, and my father continued:",
        "- buy oats for the horses\n- sell the mill\n- pay the captain",
        "In 1843 the mill was sold.",
        "My dear father, you are mistaken; the miller is innocent.",
        "On 3 May the mill was sold to a stranger.",
        "   The mill stood\n   by the river\n   and the wheel went round.",
        "Dear is the mill that my father built, and dear the river under it, which I shall never see again.",
    ],
)
def test_prose_is_kept(block: str) -> None:
    assert kept(block) == " ".join(block.split())


@pytest.mark.parametrize(
    ("block", "left"),
    [
        ("_3 May. Bistritz._--Left the mill at eight.", "Left the mill at eight."),
        ("5 November, morning.—At dawn the mill burned.", "At dawn the mill burned."),
        ("## The mill\nIt stood by the river.", "It stood by the river."),
        ("It stood by the river.\n| a | b |\n|---|---|\nIt burned.", "It stood by the river. It burned."),
    ],
)
def test_only_the_head_of_a_paragraph_is_blanked(block: str, left: str) -> None:
    assert kept(block) == left


@pytest.mark.parametrize("text", ["CHAPTER I", "| a | b |\n|---|---|", "```\nx = 1\n```", "", "\n\n"])
def test_a_text_without_prose_is_taken_as_it_is(text: str) -> None:
    assert prose(text) == text


@given(st.text(alphabet="aA1 .\n\t|#`~-=([{;$<>_—“”’", max_size=200))
def test_nothing_moves_and_only_white_space_is_put_in(text: str) -> None:
    found = prose(text)
    assert len(found) == len(text)
    assert all(new in (old, "\n") for old, new in zip(text, found, strict=True))


# Quadratic patterns would need minutes for these.
@pytest.mark.parametrize(
    "unit", ["a", "|", "#", "` ", "```\n", "~~~\n", "\n\n", "    ", "\t", ". ", "May 1 ", "<a", "($ ", "dear "]
)
def test_a_million_characters_of_anything_are_read(unit: str) -> None:
    text = PROSE + "\n" + unit * (1_000_000 // len(unit))
    assert len(prose(text)) == len(text)
