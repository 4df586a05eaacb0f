"""The shipped lists are those that were published, and every entry of them is known."""

import csv
import hashlib
import re

from attribution.channels.sites import LISTS, SITES, read_list, site_of_source
from tests.shared_data import PROJECT, data_folder

VENDORED = (PROJECT / "docs" / "VENDORED.md").read_text()
ROWS = re.findall(r"^\| `(.+?)` \|.*\| ([0-9a-f]{64}) \|$", VENDORED, re.M)
OURS = [path for path, __ in ROWS if path.startswith("attribution/channels/")]


def test_every_vendored_file_is_the_one_that_is_described():
    assert len(ROWS) >= 4
    for path, digest in ROWS:
        assert hashlib.sha256((PROJECT / path).read_bytes()).hexdigest() == digest, path
    assert {PROJECT / path for path in OURS} == set(LISTS.glob("*.tsv"))


def test_the_lists_are_made_from_the_published_ones(tmp_path, monkeypatch):
    from bench import site_lists

    folder = tmp_path / "published"
    folder.mkdir()
    for data in ("referrer-lists", "channel-cases-ga4"):
        for file in data_folder(data).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(site_lists, "LISTS", tmp_path)
    site_lists.main(folder)
    for path in OURS:
        shipped = PROJECT / path
        assert (tmp_path / shipped.name).read_bytes() == shipped.read_bytes()


def test_every_source_that_ga4_sorts_is_sorted_alike():
    file = data_folder("channel-cases-ga4") / "ga4_source_categories.csv"
    with file.open() as rows:
        cases = [(row["source"], row["source_category"]) for row in csv.DictReader(rows)]
    assert len(cases) == 819
    for source, category in cases:
        site = site_of_source(source.casefold())
        assert site is not None, source
        assert f"SOURCE_CATEGORY_{site.kind.upper()}" == category, source


def test_every_social_and_assistant_of_the_lists_is_known():
    for name in ("socials.tsv", "ai_assistants.tsv"):
        for host, __ in read_list(name):
            assert host in SITES
