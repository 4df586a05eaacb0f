"""WSGI entry point; production settings unless the environment names others."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignperf.settings.production")
application = get_wsgi_application()

# The program itself, a hundred thousand objects, is never garbage. Unless the collector is told so,
# it looks through all of it every few pages, and these take about twice as long as the others
# (measured: 29 -> 12 ms of collecting a page for two years of 2,000 campaigns, 7 -> 4 ms for 30
# days). The addresses bring the pages' code in, so they are loaded first.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
# A report is made of ten thousands of objects that live as long as its page. Looked through after
# every 700 new ones, they took 230 of the 560 ms of a page of campaigns by weekday over two years,
# and after every 50,000 still 40 of 400; the process grows by some 20 MB.
gc.set_threshold(100_000, 10, 10)
