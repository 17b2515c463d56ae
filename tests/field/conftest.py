"""The field app's catalogue is kept in process by the token of the catalogue, which fixtures do not
give: what one test left is not for the next."""

import pytest

from gulou.field import lists


@pytest.fixture(autouse=True)
def _no_catalogue_kept() -> None:
    lists._listed.cache_clear()
