"""What several test modules need."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from framing.reading import Corpus, read_corpus

settings.register_profile("any machine", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("any machine")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the development data; tests that need it are skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("development data (../shared/data) are not here")
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_seed() -> Path:
    """The story that the project starts from."""
    path = SHARED / "seed" / "sputnik-2021-08-16.txt"
    if not path.is_file():
        pytest.skip("the seed story (../shared/seed) is not here")
    return path


@pytest.fixture
def make_corpus():
    """Build a corpus from texts, or from rows with more columns."""

    def build(*rows: str | dict[str, object]) -> Corpus:
        filled = [{"text": row} if isinstance(row, str) else row for row in rows]
        frame = pd.DataFrame([{"article_id": f"a{k}", "outlet": f"Outlet {k}", **row} for k, row in enumerate(filled)])
        return read_corpus(frame)

    return build
