"""Whatever is repaired and undone in whatever order, what was captured always comes back."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.repair_histories.machine import Repairs

RUNS = int(os.environ.get("REPAIR_HISTORIES", "40"))


@pytest.mark.django_db
def test_repairs_are_exact_and_undone_to_the_byte():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Repairs,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
