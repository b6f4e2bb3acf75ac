"""The rebuild that adds embeddings after a first start, in a process of its own."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

log = logging.getLogger(__name__)

#: Seconds that a build gets to clear up after itself.
_PATIENCE = 5.0


class Indexing:
    """A build that runs beside the chat, and how far it is."""

    def __init__(self) -> None:
        self.stage, self.done, self.total = "", 0, 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a build is running."""
        return self._process is not None

    @property
    def share(self) -> float | None:
        """How much of the embeddings is done, 0 to 1; None while that is not known."""
        return min(self.done / self.total, 1.0) if self.stage == "embed" and self.total else None

    async def run(self, command: Sequence[str]) -> bool:
        """Build to the end, or until `stop`; whether it ended well."""
        # A session of its own: the build has workers, and all of them are ended together.
        self._process = process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            assert process.stdout is not None  # noqa: S101  it was asked for above
            async for line in process.stdout:
                self._note(line)
            status = await process.wait()
        finally:
            self._process = None
        if status:
            log.warning("the build of the embeddings ended with status %s; answering on BM25 alone", status)
        return status == 0

    async def stop(self) -> None:
        """End the build, if one runs; what serves stays as it is."""
        process = self._process
        if process is None:
            return
        # As from the keyboard: Python then removes the half-made generation.
        for each in (signal.SIGINT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, each)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _PATIENCE)
                return

    def _note(self, line: bytes) -> None:
        """Take in one line of progress, `["embed", 10, 100]`; other lines are for people."""
        with suppress(ValueError, TypeError):
            stage, done, total = json.loads(line)
            self.stage, self.done, self.total = str(stage), int(done), int(total)
