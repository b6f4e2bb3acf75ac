"""Collects blocks of text under a running heading path; shared by the readers."""

from ..models import PageStart, Reference, Section


class Outline:
    """Builds sections from headings and blocks in reading order."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._path: list[tuple[int, str]] = []
        self._anchor = ""
        self._pages: list[PageStart] = []
        self._blocks: list[str] = []
        self._references: list[Reference] = []
        self._sections: list[Section] = []

    def heading(self, level: int, text: str, anchor: str = "") -> None:
        """Begin a section; a heading of level 1 equal to the title adds nothing to the path."""
        self._close()
        self._path = [entry for entry in self._path if entry[0] < level]
        if text and text != self._title:
            self._path.append((level, text))
        self._anchor = anchor

    def block(
        self,
        text: str,
        *,
        pages: tuple[PageStart, ...] = (),
        references: tuple[tuple[str, str, int], ...] = (),
    ) -> None:
        """Add a paragraph; page starts and references (source, locator, offset) count in the paragraph."""
        if not text.strip():
            return
        start = sum(len(block) + 1 for block in self._blocks)
        for begin in pages:
            if not self._pages or self._pages[-1].page != begin.page:
                self._pages.append(PageStart(start + begin.at, begin.page, begin.label))
        self._references.extend(Reference(source, locator, start + offset) for source, locator, offset in references)
        self._blocks.append(text)

    def sections(self) -> tuple[Section, ...]:
        """All sections, the open one included."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            headings = tuple(text for _, text in self._path)
            self._sections.append(
                Section(
                    headings=(self._title, *headings) if self._title else headings,
                    text="\n".join(self._blocks),
                    anchor=self._anchor,
                    pages=tuple(self._pages),
                    references=tuple(self._references),
                )
            )
        self._blocks, self._pages, self._references = [], [], []
