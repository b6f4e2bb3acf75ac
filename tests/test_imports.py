"""Imports point one way; this is the architecture of docs/architecture.md as a test."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: The stages of the indexer from the ground up: a module imports only from stages before its own, or a
#: module of its own stage where that stage is a package.
STAGES: tuple[tuple[str, ...], ...] = (
    ("errors", "models", "text", "tables", "kernel"),
    ("sources", "parallel", "spelling"),
    ("terms", "extract", "analysis"),
    ("documents", "passages", "bm25", "embeddings", "generations", "wording"),
    ("library", "languages", "confidence", "topics", "semantic", "settings", "lock", "check"),
    ("search", "fetch"),
    ("build",),
    ("evaluate",),
    ("cli",),
    ("__main__", "__init__"),
)


def modules(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "migrations/versions" not in path.as_posix())


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and absolute dotted name of each module, or name in a module, that the file imports."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level] if node.level else ()
            base = ".".join((*above, *((node.module,) if node.module else ())))
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def stage_of(module: str) -> int:
    return next((place for place, stage in enumerate(STAGES) if module in stage), -1)


def test_every_module_of_the_indexer_has_a_stage() -> None:
    found = {path.relative_to(ROOT / "indexer").parts[0].removesuffix(".py") for path in modules("indexer")}
    assert found == {module for stage in STAGES for module in stage}


@pytest.mark.parametrize("path", modules("indexer"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_indexer_imports_only_from_stages_before(path: Path) -> None:
    parts = path.relative_to(ROOT / "indexer").parts
    own = parts[0].removesuffix(".py")
    for line, name in imports(path):
        if not of(name, "indexer"):
            continue
        other = name.split(".")[1]
        is_inside_its_package = len(parts) > 1 and other == own
        assert is_inside_its_package or 0 <= stage_of(other) < stage_of(own), (
            f"{path}:{line}: {own} must not import {other}"
        )


@pytest.mark.parametrize("path", modules("indexer"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_indexer_never_imports_the_bot(path: Path) -> None:
    assert [name for _, name in imports(path) if of(name, "bot")] == []


@pytest.mark.parametrize("path", modules("bot"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_bot_uses_the_public_names_of_the_indexer_only(path: Path) -> None:
    public = _public_names()
    for line, name in imports(path):
        if of(name, "indexer"):
            assert name.count(".") == 1, f"{path}:{line}: import from `indexer`, not from `{name}`"
            assert name.split(".")[1] in public, f"{path}:{line}: `{name}` is not in indexer.__all__"


def _public_names() -> frozenset[str]:
    tree = ast.parse((ROOT / "indexer" / "__init__.py").read_text(encoding="utf-8"))
    assigned = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"
    )
    return frozenset(ast.literal_eval(assigned))


@pytest.mark.parametrize(
    "path", modules("bot") + modules("indexer"), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_telegram_is_known_to_the_telegram_channel_alone(path: Path) -> None:
    if path.relative_to(ROOT).as_posix().startswith("bot/channels/telegram"):
        return
    assert [name for _, name in imports(path) if of(name, "telegram")] == []
