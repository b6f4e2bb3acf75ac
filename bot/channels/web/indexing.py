"""The rebuild that adds embeddings after a first start, and what the page says of it."""

import logging
from collections.abc import Sequence

from ...rebuild import BuildProcess, Progress

log = logging.getLogger(__name__)


class Indexing:
    """A build that runs beside the chat, and how far it is."""

    def __init__(self) -> None:
        self.progress = Progress("", 0, 0)
        self._build = BuildProcess()

    @property
    def is_busy(self) -> bool:
        """Whether a build is running."""
        return self._build.is_running

    @property
    def share(self) -> float | None:
        """How much of the embeddings is done, 0 to 1; None while that is not known."""
        progress = self.progress
        return min(progress.done / progress.total, 1.0) if progress.stage == "embed" and progress.total else None

    async def run(self, command: Sequence[str]) -> bool:
        """Build to the end, or until `stop`; whether it ended well."""
        status, _ = await self._build.run(command, self._note)
        if status:
            log.warning("the build of the embeddings ended with status %s; answering on BM25 alone", status)
        return status == 0

    async def stop(self) -> None:
        """End the build, if one runs; what serves stays as it is."""
        await self._build.stop()

    def _note(self, progress: Progress) -> None:
        self.progress = progress
