"""The cache of prompt states: longest match, memory bound, least recently used first."""

import numpy as np

from llama_service.prompt_cache import PromptCache, common_prefix


def tokens(*values):
    return np.array(values, dtype=np.int32)


def state(size, mark=0):
    return np.full(size, mark, dtype=np.uint8)


def test_common_prefix_counts_the_tokens_shared_at_the_beginning():
    assert common_prefix(tokens(1, 2, 3), tokens(1, 2, 4, 5)) == 2
    assert common_prefix(tokens(1, 2), tokens(1, 2, 4)) == 2
    assert common_prefix(tokens(), tokens(1)) == 0


def test_the_longest_match_is_found():
    cache = PromptCache(1000)
    cache.put(tokens(1, 2, 9), state(10, 1))
    cache.put(tokens(1, 2, 3, 4), state(10, 2))
    shared, found = cache.longest(tokens(1, 2, 3, 7))
    assert (shared, found[0]) == (3, 2)
    assert cache.longest(tokens(8)) == (0, None)


def test_the_least_recently_used_are_dropped_and_the_bound_holds():
    cache = PromptCache(100)
    cache.put(tokens(1, 1), state(40, 1))
    cache.put(tokens(2, 2), state(40, 2))
    cache.longest(tokens(1, 1))
    cache.put(tokens(3, 3), state(40, 3))
    assert cache.bytes == 80
    assert cache.longest(tokens(2, 2))[0] == 0
    assert cache.longest(tokens(1, 1))[0] == 2


def test_a_longer_prompt_takes_the_place_of_its_beginning():
    cache = PromptCache(100)
    cache.put(tokens(1, 2), state(10))
    cache.put(tokens(1, 2, 3), state(10))
    assert len(cache) == 1
    assert cache.bytes == 10


def test_what_would_fill_more_than_half_is_not_kept():
    cache = PromptCache(100)
    cache.put(tokens(1), state(51))
    assert len(cache) == 0
    assert not PromptCache(0).takes(1)
