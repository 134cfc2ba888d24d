"""What the bench writes down."""

from pathlib import Path

import orjson
import pytest

from bench.processes import BenchError
from bench.results import BEGIN, END, Result, insert, report, table, write
from bench.sample import Sample


def results() -> list[Result]:
    """A workload that was measured with two servers."""
    samples = {"ours": [Sample(900, 1.5, 4.0, 300.0)], "mercurius": [Sample(300, 5.0, 9.0)]}
    below = {"ours": [Sample(210, 1.5, 7.0)]}
    return [Result("content_by_id", "one piece", "requests/s", samples, at_70=below)]


def test_the_file_has_the_keys_that_were_promised(tmp_path: Path) -> None:
    """Others read it: a machine, and a workload's figures by name."""
    write(tmp_path / "results.json", report(results(), {"seconds": 1}))
    told = orjson.loads((tmp_path / "results.json").read_bytes())
    assert isinstance(told["machine"], str)
    [workload] = told["workloads"]
    promised = ("name", "unit", "ours", "peers", "p50_ms", "p99_ms", "ratio")
    assert {name: workload[name] for name in promised} == {
        "name": "content_by_id",
        "unit": "requests/s",
        "ours": 900,
        "peers": {"mercurius": 300},
        "p50_ms": 1.5,
        "p99_ms": 4.0,
        "ratio": {"mercurius": 3},
    }


def test_the_table_takes_its_place_in_a_page(tmp_path: Path) -> None:
    """What is around it stays, and what was there goes, however often."""
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{BEGIN}\nold\n{END}\nAfter\n")
    for text in ("one", "two"):
        insert(page, text)
    assert page.read_text() == f"Before\n{BEGIN}\ntwo\n{END}\nAfter\n"
    page.write_text("no marks")
    with pytest.raises(BenchError, match="no place"):
        insert(page, "three")


def test_the_table_tells_everyones_figures_and_how_we_compare() -> None:
    """A row each; the ratio stands in the peer's row."""
    ours, mercurius = table(results()).splitlines()[2:]
    assert "| ours | 900 |  | 1.50 | 4.00 | 300 |" in ours
    assert ours.endswith("| 7.00 |")
    assert "| mercurius | 300 | 3.00 x |" in mercurius
