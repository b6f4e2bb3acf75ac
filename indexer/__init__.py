"""Turns the corpus into an index and finds passages in it. The bot uses these names and no others."""

from .build import Report, build
from .confidence import CONFIDENT
from .documents import BRIEFS
from .embeddings import Embedder, Vectors
from .errors import (
    CorpusError,
    EmbeddingsUnavailable,
    FetchError,
    IndexDamaged,
    IndexerError,
    IndexMissing,
    UnreadableDocument,
)
from .generations import current
from .kernel import Machine, Projection, read_arrays
from .models import LANGUAGES, Change, Document, Evidence, Hit, Passage, Reference, Source
from .search import READS, Index
from .settings import ConfigError, Settings, Strict, load
from .sources import load_mapping, load_yaml
from .terms import Concept
from .text import clean, fold, sentence_spans, word_spans, words

__all__ = [
    "BRIEFS",
    "LANGUAGES",
    "READS",
    "CONFIDENT",
    "Change",
    "Concept",
    "ConfigError",
    "CorpusError",
    "Document",
    "Embedder",
    "EmbeddingsUnavailable",
    "Evidence",
    "FetchError",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexerError",
    "Machine",
    "Passage",
    "Projection",
    "Reference",
    "Report",
    "Settings",
    "Source",
    "Strict",
    "UnreadableDocument",
    "Vectors",
    "build",
    "clean",
    "current",
    "fold",
    "load",
    "load_mapping",
    "load_yaml",
    "read_arrays",
    "sentence_spans",
    "word_spans",
    "words",
]
