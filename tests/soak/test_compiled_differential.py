"""Twenty thousand random operations, compiled and interpreted."""

import pytest

from tests.execution.compiled import whole_graph
from tests.execution.compiled.wild_graph import SCHEMAS
from tests.execution.compiled.wild_runs import differs, pair

OPERATIONS = 20_000

# As in the sample that the tests take: coroutines that graphql-core drops.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_twenty_thousand_random_operations_have_the_same_answers() -> None:
    different = [found for found in map(differs, range(OPERATIONS)) if found]
    assert different == []
    compiled = sum(pair(number).compiled for number in range(SCHEMAS))
    interpreted = sum(pair(number).interpreted for number in range(SCHEMAS))
    print(f"{compiled} operations compiled, {interpreted} interpreted on both sides")
    assert compiled > OPERATIONS * 0.95


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_operations_over_the_whole_schema_have_the_same_answers() -> None:
    different = [found for found in map(whole_graph.differs, range(OPERATIONS // 10)) if found]
    assert different == []
