"""The cache of prepared operations."""

from collections.abc import Callable

import pytest
from graphql import OperationDefinitionNode, parse

from execution.cache import OperationCache, OperationKey, PreparedOperation


def prepared(size: int) -> PreparedOperation:
    """An operation that is said to take so many bytes."""
    document = parse("{a}")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return PreparedOperation(document, operation, size)


def key(name: str) -> OperationKey:
    """A key by any name."""
    return name.encode(), None


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = OperationCache(100)
    for name in "abc":
        cache.put(key(name), prepared(40))
    assert cache.get(key("a")) is None
    assert cache.get(key("b")) is not None
    cache.put(key("d"), prepared(40))
    assert cache.get(key("c")) is None
    assert cache.get(key("b")) is not None
    assert (len(cache), cache.size) == (2, 80)


def test_an_operation_bigger_than_the_cache_pushes_nothing_out() -> None:
    cache = OperationCache(100)
    cache.put(key("a"), prepared(60))
    cache.put(key("b"), prepared(101))
    assert cache.get(key("a")) is not None
    assert cache.get(key("b")) is None


def test_an_operation_put_twice_counts_once() -> None:
    cache = OperationCache(100)
    cache.put(key("a"), prepared(60))
    cache.put(key("a"), prepared(60))
    assert (len(cache), cache.size) == (1, 60)


def test_operations_of_one_document_are_told_apart() -> None:
    cache = OperationCache(100)
    first, second = prepared(1), prepared(1)
    cache.put((b"x", "A"), first)
    cache.put((b"x", "B"), second)
    assert cache.get((b"x", "A")) is first
    assert cache.get((b"x", "B")) is second
    assert (cache.hits, cache.misses) == (2, 0)


def test_what_is_kept_is_not_counted_anew_for_each_that_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand new ones, in a cache that holds a thousand: counted once in a hundred."""
    counted: list[int] = []
    honest: Callable[[OperationCache], int] = vars(OperationCache)["size"].fget

    def size(cache: OperationCache) -> int:
        counted.append(len(cache))
        return honest(cache)

    monkeypatch.setattr(OperationCache, "size", property(size))
    cache = OperationCache(1000)
    for number in range(10_000):
        cache.put(key(str(number)), prepared(1))
    assert len(counted) <= 100
    assert len(cache) <= 1000
    assert honest(cache) == len(cache)


def test_an_operation_that_grows_pushes_others_out_and_at_last_itself() -> None:
    cache = OperationCache(100)
    growing = prepared(10)
    for name, each in {"a": prepared(40), "b": growing, "c": prepared(40)}.items():
        cache.put(key(name), each)
    growing.programs.size += 30
    cache.grown(30)
    assert (cache.get(key("a")), len(cache), cache.size) == (None, 2, 80)
    growing.programs.size += 200
    cache.grown(200)
    assert cache.size <= 90
