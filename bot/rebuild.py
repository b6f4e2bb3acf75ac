"""An index build in a process of its own: started, followed and ended; for every channel that offers one."""

import asyncio
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

# Lines of a build's warnings that are kept.
_LINES = 60
# Seconds that a build gets to clear up after itself.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `total` is 0 while it is not known."""

    stage: str
    done: int
    total: int


class BuildProcess:
    """At most one build at a time; what serves stays as it is until the build has published."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether a build is running."""
        return self._process is not None

    async def run(
        self, command: Sequence[str], on_progress: Callable[[Progress], None] = lambda progress: None
    ) -> tuple[int, list[str]]:
        """Build to the end, or until `stop`; gives the exit status and the last lines of warnings.

        Raises OSError when the command cannot be started.
        """
        pipe = asyncio.subprocess.PIPE
        # A session of its own: the build has workers, and all of them are ended together.
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, start_new_session=True)
        self._process = process
        assert process.stdout and process.stderr  # noqa: S101  both were asked for
        try:
            warnings, _ = await asyncio.gather(_last_lines(process.stderr), _follow(process.stdout, on_progress))
            return await process.wait(), warnings
        finally:
            self._process = None

    async def stop(self) -> None:
        """End the build, if one runs."""
        process = self._process
        if process is None:
            return
        # First as from the keyboard: then the build removes its half-made generation.
        for each in (signal.SIGINT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, each)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _PATIENCE)
                return


async def _last_lines(stream: asyncio.StreamReader) -> list[str]:
    lines: deque[str] = deque(maxlen=_LINES)
    with suppress(ValueError):  # a line longer than the reader's buffer
        async for line in stream:
            lines.append(line.decode(errors="replace").rstrip())
    await stream.read()  # whatever is left, so that the process can end
    return [line for line in lines if line]


async def _follow(stream: asyncio.StreamReader, on_progress: Callable[[Progress], None]) -> None:
    """Pass on progress, `["read", 10, 100]` on a line; other lines are for people."""
    async for line in stream:
        with suppress(ValueError, TypeError):
            stage, done, total = json.loads(line)
            on_progress(Progress(str(stage), int(done), int(total)))
