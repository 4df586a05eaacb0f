"""Whatever is repaired and undone in whatever order, what was captured always comes back."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.repair_histories.machine import Repairs

RUNS = int(os.environ.get("REPAIR_HISTORIES", "4"))


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_repairs_are_exact_and_undone_to_the_byte():
    run_state_machine_as_test(
        Repairs,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            deadline=None,
            # What happens follows from seeds: a smaller one is no simpler case.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
