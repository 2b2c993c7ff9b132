"""How the benchmark compares the words of two readers."""

from benchmarks import catalog_words

FRAME = "*** {} OF THIS PROJECT GUTENBERG EBOOK REEF ***"


def test_the_frame_and_line_ends_within_words_are_no_loss_and_a_missing_word_is_one():
    reference = [f"Licence\n{FRAME.format('START')}\nThe self-\ndenial of it", f"One two\n{FRAME.format('END')}\nMore"]
    assert catalog_words.kept(reference, ["The self-denial of it", "One two"]) == (6, 6)
    assert catalog_words.kept(reference, ["The selfdenial of it", "two One"]) == (4, 6)
