"""A corpus small enough to be indexed in a test: five topics in six languages, with the whole register."""

import contextlib
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from indexer import LANGUAGES, build

CORPUS = Path(__file__).parents[2] / "corpus"
_CACHE = CORPUS.parent / ".pytest_cache" / "small-index"
#: Topics of the small corpus.
TOPICS = ("guardian", "age-assessment", "transfer-return", "missing-children", "trafficking-definition")


def small_corpus(folder: Path, topics: tuple[str, ...] = TOPICS) -> Path:
    """Copy the register and the briefs of some topics; gives the corpus folder."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for path in CORPUS.glob("*.yaml"):
        shutil.copy(path, corpus)
    # Terms in further languages would have their dictionaries loaded, which takes longer than all the rest.
    terms = corpus / "terms.yaml"
    concepts = [_in_six_languages(concept) for concept in yaml.safe_load(terms.read_text(encoding="utf-8"))]
    terms.write_text(yaml.safe_dump(concepts, allow_unicode=True), encoding="utf-8")
    for path in sorted((CORPUS / "briefs").glob("*/*.md")):
        if path.stem in topics:
            target = corpus / "briefs" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return corpus


def _in_six_languages(concept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in concept.items() if len(key) > 2 or key in {*LANGUAGES, "id"}}


def write_config(folder: Path, corpus: Path, index: Path) -> Path:
    """A configuration for them, without embeddings, with a database of its own."""
    path = folder / "config.yaml"
    path.write_text(
        f"corpus: {corpus}\nindex: {index}\nembeddings: {{kind: 'off'}}\n"
        f"database: sqlite+aiosqlite:///{folder / 'data' / 'protect.db'}\n"
        f"contacts: {corpus / 'contacts.example.yaml'}\n",
        encoding="utf-8",
    )
    return path


def build_small(folder: Path) -> Path:
    """Copy and index the small corpus below the folder; gives the path of its configuration.

    An index that an earlier run made by the same program from the same texts is taken as it is.
    """
    corpus = small_corpus(folder)
    kept = _CACHE / _fingerprint(corpus)
    if not kept.is_dir():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as draft:
            build(corpus, Path(draft) / "index")
            with contextlib.suppress(OSError):  # another run was quicker
                (Path(draft) / "index").rename(kept)
    shutil.copytree(kept, folder / "index")
    return write_config(folder, corpus, folder / "index")


def _fingerprint(corpus: Path) -> str:
    files = [*(CORPUS.parent / "indexer").rglob("*.py"), *corpus.rglob("*.*")]
    digest = sha256()
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
