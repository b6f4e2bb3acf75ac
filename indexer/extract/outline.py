"""Collects blocks of text under a running heading path; shared by the readers."""

from ..models import Reference, Section


class Outline:
    """Builds sections from headings and blocks in reading order."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._path: list[tuple[int, str]] = []
        self._anchor = ""
        self._page: tuple[int | None, str | None] = (None, None)
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
        page: int | None = None,
        label: str | None = None,
        references: tuple[tuple[str, str, int], ...] = (),
    ) -> None:
        """Add a paragraph; references are (source, locator, offset in the paragraph)."""
        if not text.strip():
            return
        if not self._blocks:
            self._page = (page, label)
        start = sum(len(block) + 1 for block in self._blocks)
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
                    page=self._page[0],
                    page_label=self._page[1],
                    references=tuple(self._references),
                )
            )
        self._blocks, self._references = [], []
