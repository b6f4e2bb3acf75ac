"""What the tests of the bot share: one small index, built once, and assistants on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.assistant import Assistant
from bot.config import Config, load_config
from bot.network import load_network
from bot.serving import Serving
from bot.store import Store
from bot.understand import Countries, Languages
from indexer import Index, current
from tests.auxil.corpus import build_small


@pytest.fixture(scope="session")
def small_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a configuration whose corpus is small and indexed; do not change its corpus or index."""
    # The tests of the channels build it at the same place.
    folder = tmp_path_factory.getbasetemp() / "small-index"
    path = folder / "config.yaml"
    return path if path.exists() else build_small(folder)


@pytest.fixture(scope="session")
def config(small_config: Path) -> Config:
    return load_config(small_config)


@pytest.fixture(scope="session")
def small_index(config: Config) -> Index:
    return Index(current(config.index))


@pytest.fixture(scope="session")
def languages() -> Languages:
    return Languages()


@pytest.fixture(scope="session")
def countries(config: Config) -> Countries:
    return Countries(config.corpus / "countries.yaml")


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'protect.db'}")
    yield store
    await store.close()


@pytest_asyncio.fixture
async def assistant(config: Config, store: Store, languages: Languages, countries: Countries) -> Assistant:
    network = load_network(config.corpus, config.contacts)
    await store.replace_contacts(network.contacts)
    return Assistant(Serving(config), store, network, countries, languages)
