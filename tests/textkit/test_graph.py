import numpy as np
import pytest

from textkit.graph import centrality, similarity, term_matrix

SENTENCES = [["mill", "wheel"], ["mill", "water"], ["mill", "wheel", "water"], ["ship"], []]


def dense_rank(sentences: list[list[str]]) -> np.ndarray:
    """LexRank with the whole matrix, solved exactly."""
    matrix = term_matrix(sentences)
    dense = np.zeros(matrix.shape)
    dense[matrix.rows, matrix.columns] = matrix.values
    links = dense @ dense.T
    np.fill_diagonal(links, 0)
    links /= np.maximum(links.sum(axis=1, keepdims=True), 1e-12)
    rank = np.linalg.solve(np.eye(len(sentences)) - 0.85 * links.T, 0.15 * np.ones(len(sentences)))
    return rank / rank.mean()


def test_rank_agrees_with_the_dense_solution() -> None:
    found = centrality(term_matrix(SENTENCES), np.zeros(5, np.int64))
    assert found == pytest.approx(dense_rank(SENTENCES), abs=0.01)


def test_sentence_that_shares_most_ranks_first_and_lonely_ones_last() -> None:
    rank = centrality(term_matrix(SENTENCES), np.zeros(5, np.int64))
    assert rank.argmax() == 2
    assert set(rank.argsort(kind="stable")[:2]) == {3, 4}


def test_groups_are_ranked_by_themselves() -> None:
    twice = centrality(term_matrix(SENTENCES * 2), np.repeat(np.array([0, 1], np.int64), 5))
    assert twice[:5] == pytest.approx(twice[5:])
    assert twice[:5].mean() == pytest.approx(1)


def test_rows_have_unit_length_and_rare_terms_weigh_more() -> None:
    matrix = term_matrix(SENTENCES)
    assert np.bincount(matrix.rows, matrix.values**2)[:4] == pytest.approx(np.ones(4))
    assert matrix.idf[matrix.vocabulary["ship"]] > matrix.idf[matrix.vocabulary["mill"]]


def test_sentences_without_terms_have_rank_one() -> None:
    assert centrality(term_matrix([[], []]), np.zeros(2, np.int64)).tolist() == [1, 1]


def test_similarity_is_the_cosine() -> None:
    assert similarity({"mill": 0.6, "wheel": 0.8}, {"wheel": 1.0}) == pytest.approx(0.8)
