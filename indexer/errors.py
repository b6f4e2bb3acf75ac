"""What can go wrong in the indexer.

    IndexerError
    ├── CorpusError        a file of the corpus is wrong; names the file and, where known, the line
    │   └── UnreadableDocument   one document cannot be read; the others still can
    ├── IndexMissing       there is no index yet
    ├── IndexDamaged       a generation on disk is not what its manifest says
    ├── EmbeddingsUnavailable    the semantic opinion cannot be had; BM25 still works
    └── FetchError         a download was refused or failed

Every message names the culprit and says what to do.
"""


class IndexerError(Exception):
    """The base of all errors that the indexer raises on purpose."""


class CorpusError(IndexerError):
    """A corpus file is wrong."""


class UnreadableDocument(CorpusError):
    """One document gives no text; the rest of the corpus is not affected."""


class IndexMissing(IndexerError):
    """No generation has been published yet."""


class IndexDamaged(IndexerError):
    """A generation's files do not match its manifest."""


class EmbeddingsUnavailable(IndexerError):
    """No embedding model can be used here."""


class FetchError(IndexerError):
    """A download was refused or failed."""
