"""All controls that are switched off, one at a time: tests/test_asvs.py wants one for each row."""

from tests.twins.door import DOOR
from tests.twins.given import GIVEN
from tests.twins.kept import KEPT

TWINS = (*DOOR, *GIVEN, *KEPT)
