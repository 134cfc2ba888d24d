"""Answers to the questionnaire, as three different brands give them."""

from __future__ import annotations

ANSWERS: dict[str, list[str]] = {
    "speaker": ["A company"],
    "size": ["1 to 10"],
    "audience": ["people who make coffee at home"],
    "outcome": ["Brew a cup they look forward to."],
    "method": ["roasting to order and teaching what matters"],
    "difference": ["show what we pay each farmer"],
    "needs": ["coffee that tastes bitter", "too much conflicting advice"],
    "roles": ["home brewers"],
    "topics": ["sourcing", "brewing", "roasting", "prices"],
    "belief": ["dark roasts"],
    "proof": ["Years of practice"],
    "evidence": ["We have bought from the same cooperative for seven years"],
    "traits": ["Plain-spoken", "Warm"],
    "avoid": ["salesy"],
    "goal": ["Win customers"],
    "target": ["40"],
    "frequency": ["Every week"],
    "hours": ["4"],
}

BEGINNER: dict[str, list[str]] = {
    "speaker": ["A person"],
    "stage": ["Starting out"],
    "audience": ["Everyone"],
    "outcome": ["make better decisions with data"],
    "method": ["turning messy spreadsheets into one page"],
    "difference": ["never send a dashboard without a recommendation"],
    "needs": ["reports nobody reads"],
    "topics": ["data visualisation", "career change", "SQL"],
    "proof": ["Nothing yet"],
    "traits": ["Knowledgeable", "Caring", "Bold"],
    "goal": ["Find a job"],
    "frequency": ["Hardly ever"],
    "hours": ["1"],
}

LAWYERS: dict[str, list[str]] = {
    **ANSWERS,
    "size": ["11 to 100"],
    "audience": ["founders of software companies before their first funding round"],
    "outcome": ["sign contracts they understand"],
    "method": ["writing in English and fixing our prices in advance"],
    "difference": ["answer within one working day, and say what we would do"],
    "needs": ["term sheets they cannot read", "co-founder disputes"],
    "topics": ["Term sheets", "Co-founder agreements", "IP"],
    "belief": ["NDAs"],
    "traits": ["Rebellious", "Dependable", "Plain-spoken"],
    "goal": ["Be known for expertise"],
}
