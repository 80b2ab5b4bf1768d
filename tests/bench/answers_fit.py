"""Fits the weights of `kiosk.service.match` on the tuning list: `python -m tests.bench.answers_fit`. About a minute.

Every wording of the tuning list is taken out of the knowledge first, and whatever says nearly the same: the rule has to
be right about what is new. Prints the weights and, by tenfold cross-validation, how many the rule then gets right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from kiosk.service.elsewhere import foreign
from kiosk.service.embed import MiniLm
from kiosk.service.knowledge import SHIPPED, Knowledge, read
from kiosk.service.match import Matcher
from kiosk.service.openers import Openers, words
from kiosk.settings.schema import Service

TUNING = Path(__file__).with_name("answers_tuning.txt")
PENALTY = 0.005  # on the squares of the scaled weights
FOLDS = 10
ALIKE = 0.8  # share of words of two wordings that say the same


def asked(path: Path = TUNING) -> list[tuple[str, str]]:
    """(entry, question) of the list, without dialogues."""
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    pairs = [line.split(": ", 1) for line in lines if line and not line.startswith("#") and " / " not in line]
    return [(entry, question) for entry, question in pairs]


def without(knowledge: Knowledge, questions: Sequence[str]) -> Knowledge:
    """The knowledge as if those questions had never been written down."""
    left_out = [frozenset(words(question)) for question in questions]

    def new(wording: str) -> bool:
        said = frozenset(words(wording))
        return not any(len(said & other) >= ALIKE * len(said | other) for other in left_out)

    entries = tuple(
        dataclasses.replace(entry, questions=tuple(q for q in entry.questions if new(q)) or entry.questions[:1])
        for entry in knowledge.entries
    )
    return Knowledge(entries, next(entry for entry in entries if entry.name == knowledge.unknown.name))


def main() -> None:
    knowledge = read(SHIPPED)
    names = [entry.name for entry in knowledge.entries]
    pairs = asked()
    questions = [question for _, question in pairs]
    tuned = without(knowledge, questions)
    elsewhere = [question for question in foreign(knowledge) if question.casefold() not in set(questions)]
    matcher = Matcher(tuned, elsewhere, MiniLm())
    openers = Openers.of(knowledge)
    rows, best = [], []
    unknown = names.index(knowledge.unknown.name)
    for question in questions:
        evidence, _ = matcher.evidence(openers.without(question))
        ranked = evidence[:, 0].copy()
        ranked[unknown] = -np.inf
        best.append(int(ranked.argmax()))
        rows.append(evidence[best[-1]])
    x = np.array(rows, np.float64)
    meant = np.array([names.index(entry) for entry, _ in pairs])
    right = (np.array(best) == meant).astype(float)
    weights, constant = fitted(x, right)
    print("WEIGHTS =", tuple(float(round(w, 2)) for w in weights), " CONSTANT =", round(constant, 2))
    fold = np.random.default_rng(0).integers(0, FOLDS, len(x))
    sure = np.empty(len(x))
    for number in range(FOLDS):
        part = fold == number
        weights, constant = fitted(x[~part], right[~part])
        sure[part] = 1 / (1 + np.exp(-(x[part] @ weights + constant)))
    inside = meant != unknown
    first = right[inside].mean()
    print(f"{inside.sum()} in scope, {(~inside).sum()} to decline; the right entry is first for {first:.3f}")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, Service().threshold):
        given = np.where(sure >= threshold, best, unknown) == meant
        print(f"  threshold {threshold:.2f}: answered {given[inside].mean():.3f}, declined {given[~inside].mean():.3f}")


def fitted(x: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant for columns as they are."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scaled = np.c_[(x - mean) / spread, np.ones(len(x))]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        p = 1 / (1 + np.exp(-(scaled @ w)))
        penalised = np.r_[w[:-1], 0.0]
        value = -np.mean(right * np.log(p + 1e-9) + (1 - right) * np.log(1 - p + 1e-9)) + PENALTY * penalised @ w
        return float(value), scaled.T @ (p - right) / len(right) + 2 * PENALTY * penalised

    w = minimize(loss, np.zeros(scaled.shape[1]), jac=True).x
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


if __name__ == "__main__":
    main()
