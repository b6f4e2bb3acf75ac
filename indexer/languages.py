"""The part of an index that belongs to one language: analysed, written, and kept for the next build."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from json import dumps
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from .analysis import VERSION, analyse
from .analysis.concepts import Concepts
from .analysis.lemmas import Dictionary, LemmaTable
from .bm25 import Postings
from .generations import FORMAT
from .models import Passage
from .spelling import Spellings
from .tables import Strings
from .terms import Concept
from .text import fold, words

#: Languages for which simplemma has a dictionary and a question may be asked; those with the largest
#: dictionaries first, so that the workers finish together.
ANALYSED = ("fi", "pl", "et", "ru", "sv", "de", "uk", "nb", "da", "is", "lt", "en", "lv")
_MOST_WORKERS = 4
#: Kept for later builds: those of the last few builds, also of test sets.
_KEPT = 4 * len(ANALYSED)


@dataclass(frozen=True, slots=True)
class _Task:
    """What the index of a language is made from, and nothing else."""

    lang: str
    texts: tuple[str, ...]
    members: tuple[int, ...]
    """Numbers of the passages in the generation."""
    terms: tuple[tuple[str, str], ...]
    """(term, concept) of the glossary."""

    @property
    def digest(self) -> str:
        """Changes when the result would."""
        made_by = [VERSION, FORMAT, version("simplemma"), version("rank-bm25")]
        return sha256(dumps([made_by, asdict(self)], ensure_ascii=False).encode()).hexdigest()[:24]


def write_languages(
    folder: Path,
    cache: Path,
    concepts: Sequence[Concept],
    passages: Sequence[Passage],
    by_language: Mapping[str, Sequence[int]],
    progress: Callable[[int, int], None],
) -> None:
    """Write one folder for each language; a language of which nothing changed is taken from the cache.

    Each is made in a process of its own, because dictionaries are large and memory is given back.
    """
    tasks = [_task(lang, concepts, passages, by_language) for lang in ANALYSED]
    tasks = [task for task in tasks if task.members or task.terms]
    kept = cache / "languages"
    kept.mkdir(parents=True, exist_ok=True)
    new = [task for task in tasks if not (kept / task.digest).is_dir()]
    progress(len(tasks) - len(new), len(tasks))
    if new:
        workers = min(len(new), os.cpu_count() or 1, _MOST_WORKERS)
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            jobs = pool.map(_keep, new, [kept] * len(new))
            for done, _ in enumerate(jobs, len(tasks) - len(new) + 1):
                progress(done, len(tasks))
    for task in tasks:
        os.utime(kept / task.digest)
        shutil.copytree(kept / task.digest, folder / task.lang)
    by_use = sorted(kept.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in by_use[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def indexed_text(passage: Passage) -> str:
    """What of a passage is searched: its heading path and its text."""
    return "\n".join((*passage.headings, passage.text))


def _task(
    lang: str,
    concepts: Sequence[Concept],
    passages: Sequence[Passage],
    by_language: Mapping[str, Sequence[int]],
) -> _Task:
    members = tuple(by_language.get(lang, ()))
    return _Task(
        lang=lang,
        texts=tuple(indexed_text(passages[number]) for number in members),
        members=members,
        terms=tuple((term, concept.id) for concept in concepts for term in concept.terms.get(lang, ())),
    )


def _keep(task: _Task, kept: Path) -> None:
    """Make a language's folder beside its place in the cache, and move it there whole."""
    draft = kept / f"{task.digest}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    _write(task, draft)
    try:
        draft.rename(kept / task.digest)
    except OSError:  # another build was faster with the same; one is as good as the other
        shutil.rmtree(draft, ignore_errors=True)


def _write(task: _Task, folder: Path) -> None:
    dictionary = Dictionary(task.lang)
    entries = []
    for term, concept in task.terms:
        parts = words(term)
        # as lemmas for running text, and bare for what is typed without diacritics
        entries.extend([(dictionary(parts), concept), ([fold(part) for part in parts], concept)])
    concepts = Concepts(entries)
    tokens = [analyse(text, dictionary, concepts) for text in task.texts]
    vocabulary = {token for row in tokens for token in row if token[0] not in "~§"}
    vocabulary.update(part for term, _ in entries for part in term)
    LemmaTable.write(folder, dictionary, frozenset(vocabulary))
    Postings.write(folder, tokens)
    Spellings.write(folder, [*task.texts, *(term for term, _ in task.terms)])
    np.save(folder / "members.npy", np.array(task.members, np.int32))
    Strings.write(folder / "terms-of-concepts", ("\t".join((concept, *term)) for term, concept in entries))
