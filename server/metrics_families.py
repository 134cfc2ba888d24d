"""Families of numbers: carried from one process to another, and joined with a label for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from prometheus_client import Metric

LABEL = "process"


class Family(msgspec.Struct, array_like=True):
    """A metric as it travels. A sample is its name, its labels and its value."""

    name: str
    about: str
    kind: str
    samples: list[tuple[str, dict[str, str], float]]


_decoder = msgspec.msgpack.Decoder(list[Family])


def packed(found: Iterable[Metric]) -> bytes:
    """Metrics as bytes."""
    return msgspec.msgpack.encode([family(each) for each in found])


def family(metric: Metric) -> Family:
    """A metric as it travels."""
    samples = [(each.name, dict(each.labels), float(each.value)) for each in metric.samples]
    return Family(metric.name, metric.documentation, metric.type, samples)


def joined(told: Mapping[int, bytes]) -> list[Metric]:
    """What the processes of these numbers told, each sample labelled with its process."""
    found: dict[str, Metric] = {}
    for number, message in sorted(told.items()):
        for each in _decoder.decode(message):
            metric = found.get(each.name)
            if metric is None:
                metric = Metric(each.name, each.about, each.kind)
                found[each.name] = metric
            for name, labels, value in each.samples:
                metric.add_sample(name, {LABEL: str(number), **labels}, value)
    return list(found.values())
