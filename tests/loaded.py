"""Loads the program; see `tests.processes`."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignperf.settings.test")
django.setup()

for name in ("attribution.imports.engine", "reports.rollup.rebuild", "tests.factories"):
    import_module(name)
