"""Accounts that never were, with effects that were planted in them: to see what is found again."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasources.content import Platform
from services.engagement import Totals
from services.patterns import Sample, findings
from services.post_features import Feature, Trait

TOPICS = ["looms", "engines", "letters", "travel", "music", "numbers"]
NOISE = 0.55
"""The spread of the logarithm of a rate between posts that are alike: a factor of 1.7."""


@dataclass(frozen=True)
class Account:
    """Posts, and the factors that were planted in them."""

    samples: Sequence[Sample]
    planted: Mapping[Feature, float]


def account(seed: int, posts: int, factors: Sequence[float]) -> Account:
    """An account whose posts have features at random; some of these do something."""
    chance = random.Random(seed)
    drawn = [post_features(chance) for _ in range(posts)]
    counts = {feature: sum(feature in each for each in drawn) for each in drawn for feature in each}
    able = sorted(
        feature for feature, count in counts.items() if posts * 0.15 <= count <= posts * 0.6
    )
    planted = dict(zip(chance.sample(able, len(factors)), factors, strict=True))
    samples = [
        Sample(
            str(number),
            chance.choice([Platform.LINKEDIN, Platform.X]),
            seen(chance, has, planted),
            has,
        )
        for number, has in enumerate(drawn)
    ]
    return Account(samples, planted)


def post_features(chance: random.Random) -> frozenset[Feature]:
    """What one post has: one or two topics, and one of each of the others."""
    found = {Feature(Trait.TOPIC, each) for each in chance.sample(TOPICS, chance.choice([1, 1, 2]))}
    found.add(Feature(Trait.LENGTH, chance.choice(["short", "medium", "long"])))
    found.add(Feature(Trait.FORMAT, chance.choice(["POST", "POST", "ARTICLE", "VIDEO_SCRIPT"])))
    found.add(Feature(Trait.HOOK, chance.choice(["question", "number", "statement", "quote"])))
    found.add(Feature(Trait.HOUR, chance.choice(["06-09", "09-12", "12-15", "15-18", "18-21"])))
    found.add(Feature(Trait.WEEKDAY, chance.choice(["Monday", "Tuesday", "Wednesday", "Thursday"])))
    if chance.random() < 0.4:
        found.add(Feature(Trait.LINK, "link"))
    return frozenset(found)


def seen(
    chance: random.Random, has: frozenset[Feature], planted: Mapping[Feature, float]
) -> Totals:
    """What a post came to: a log-normal number of impressions, of which a share engages."""
    impressions = int(math.exp(chance.gauss(6.5, 0.9))) + 30
    factor = math.prod(planted.get(feature, 1) for feature in has)
    rate = min(0.9, 0.03 * factor * math.exp(chance.gauss(0, NOISE)))
    engagement = max(0, round(chance.gauss(impressions * rate, math.sqrt(impressions * rate))))
    return Totals(impressions, engagement)


@dataclass
class Score:
    """What was planted, found again, and claimed though it was not there."""

    planted: int = 0
    found: int = 0
    false: int = 0
    covered: int = 0

    def count(self, account: Account) -> None:
        """Look at one account."""
        claims = {each.feature: each for each in findings(account.samples).patterns}
        self.planted += len(account.planted)
        for feature, claim in claims.items():
            factor = account.planted.get(feature)
            if factor is None or (factor > 1) != (claim.factor > 1):
                self.false += 1
            else:
                self.found += 1
                self.covered += claim.low <= factor <= claim.high

    @property
    def power(self) -> float:
        """The part of what was planted that was found."""
        return self.found / self.planted

    @property
    def false_rate(self) -> float:
        """The part of the claims that is not true."""
        return self.false / max(1, self.found + self.false)
