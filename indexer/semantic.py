"""The semantic opinion: similarity of a question to each group of parallel passages.

Two corrections make the small model compare better; tests/benchmarks/quality.md has their effect.

- All its vectors point roughly the same way. Taking the mean away, of passages and of questions, per
  language, leaves what tells them apart.
- A section that exists in several languages is scored by the mean similarity to all its editions, which
  is the similarity to the mean of their vectors. That helps most where the model knows a language least.
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .embeddings import Progress, VectorCache, Vectors
from .models import Passage
from .tables import load

# Enough for a stable mean; each costs about 20 ms once.
_SAMPLE = 100
# How much of the questions' mean is taken away; the whole of it did a little worse.
_CENTRING = 0.75


class Semantic:
    """Vectors of one generation, memory-mapped."""

    def __init__(self, folder: Path, model: str) -> None:
        self.model = model
        self._groups: Vectors = load(folder / "vectors.npy")
        centres = np.load(folder / "question-centres.npz")
        self._centres: dict[str, Vectors] = {lang: centres[lang] for lang in centres.files}

    def similarities(self, question: Vectors, lang: str) -> NDArray[np.float32]:
        """Of each group to the question's vector; -1 to 1, around 0 for unrelated texts."""
        centre = self._centres.get(lang, self._centres[""])
        centred = question - _CENTRING * centre
        centred /= max(float(np.linalg.norm(centred)), 1e-9)
        similarities: NDArray[np.float32] = self._groups @ centred
        return similarities


def write(
    folder: Path,
    passages: Sequence[Passage],
    groups: Mapping[str, int],
    by_language: Mapping[str, Sequence[int]],
    vectors: VectorCache,
    progress: Progress,
) -> None:
    """Embed the passages and store one vector a group, and the centre of questions per language."""
    rows = vectors.passages([embedded_text(passage) for passage in passages], progress)
    sums = np.zeros((len(groups), rows.shape[1]), np.float32)
    editions = np.zeros(len(groups), np.float32)
    for numbers in by_language.values():
        own = rows[list(numbers)]
        own = _unit(own - own.mean(axis=0)) if len(own) > 1 else own
        for number, row in zip(numbers, own, strict=True):
            place = groups[passages[number].group]
            sums[place] += row
            editions[place] += 1
    np.save(folder / "vectors.npy", sums / editions[:, None])
    centres = {}
    for lang, numbers in by_language.items():
        sample = _sentences([passages[number] for number in numbers])
        centres[lang] = vectors.questions(sample).mean(axis=0)
    # For questions in a language that no passage has.
    centres[""] = np.mean(list(centres.values()), axis=0)
    np.savez(folder / "question-centres.npz", **centres)


def embedded_text(passage: Passage) -> str:
    """What of a passage is embedded: its heading path and its text."""
    return ". ".join(passage.headings) + "\n" + passage.text if passage.headings else passage.text


def _sentences(passages: Sequence[Passage]) -> list[str]:
    """One sentence each from a fixed random sample of the passages."""
    chance = random.Random(0)  # noqa: S311 - a sample, not a secret
    chosen = chance.sample(list(passages), min(_SAMPLE, len(passages)))
    return [
        passage.text[slice(*chance.choice(passage.sentences))] if passage.sentences else passage.text
        for passage in chosen
    ]


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
