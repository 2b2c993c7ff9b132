"""A catalog that is killed while it writes keeps what it acknowledged. The benchmark kills it far more often."""

from benchmarks import catalog_kills


def test_what_was_acknowledged_survives_kill_9(tmp_path):
    outcome = catalog_kills.run(tmp_path, kills=3, seed=1)
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.half_books) == (0, 0)
