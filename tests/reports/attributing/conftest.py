import pytest

from attribution import scope


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield
