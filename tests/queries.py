"""How many queries a page makes: those that read, without those that set limits for them."""

from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST = 15


@contextmanager
def reading(most=MOST):
    """Gives the list of the statements inside that read, and fails where there are more."""
    found = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found += [one["sql"] for one in queries if not one["sql"].startswith("SET ")]
    assert len(found) <= most, [sql[:200] for sql in found]
