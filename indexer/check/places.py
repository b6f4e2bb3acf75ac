"""Where in the corpus's files a thing stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..errors import CorpusError
from ..sources import load_yaml


class Spot(NamedTuple):
    """Where a rule is broken, and how."""

    path: str
    line: int
    message: str


class YamlFile:
    """A YAML text with the line of each key."""

    def __init__(self, name: str, text: str, value: object) -> None:
        self.name = name
        self._text = text
        self.top = Value(self, (), value)

    @staticmethod
    def read(path: Path) -> "YamlFile":
        """The file; without a value when it cannot be loaded."""
        try:
            value = load_yaml(path)
        except CorpusError:
            return YamlFile(path.name, "", None)
        return YamlFile(path.name, path.read_text(encoding="utf-8"), value)

    @cached_property
    def _root(self) -> yaml.Node | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root: yaml.Node | None = yaml.compose(self._text, Loader=loader)
        return root

    def line(self, keys: Sequence[object]) -> int:
        """The line of the key at the end of the path, or of the last key of the path that is there."""
        line, node = 1, self._root
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == str(key)]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
            else:
                break
        return line


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a YAML file and the path of keys to it; None where there is nothing."""

    file: YamlFile
    keys: tuple[object, ...]
    value: Any

    def at(self, key: str) -> "Value":
        """The value of a key; one of None where there is no such key."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Value(self.file, (*self.keys, key), value)

    def children(self) -> Iterator["Value"]:
        """The entries of a mapping or list; none of anything else."""
        pairs: Any = ()
        if isinstance(self.value, dict):
            pairs = self.value.items()
        elif isinstance(self.value, list):
            pairs = enumerate(self.value)
        for key, value in pairs:
            yield Value(self.file, (*self.keys, key), value)

    @property
    def name(self) -> str:
        """The last key; in a list, the entry's own id or name."""
        own = self.at("id").value or self.at("number").value or self.at("by").value
        return str(own if isinstance(self.keys[-1], int) and own else self.keys[-1])

    def spot(self, message: str) -> Spot:
        """A finding at this value's key."""
        return Spot(self.file.name, self.file.line(self.keys), message)
