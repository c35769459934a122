"""People of the office for the tests of the way home."""

import pytest

from tests.factories import Four, the_four


@pytest.fixture
def four(db: None) -> Four:
    return the_four()
