"""Links of all systems: which values win, which slips are read, and that nothing takes long."""

import csv
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.channels.clicks import CLICKS
from attribution.channels.links import NAMES, campaigns_named
from attribution.utm import Captured, Reason, captured_from_link, read
from tests.shared_data import data_folder


def test_links_of_advertisers_are_read_as_their_warehouse_read_them():
    with (data_folder("fivetran-ads") / "utm_urls.csv").open() as rows:
        cases = list(csv.DictReader(rows))
    assert len(cases) == 14
    for case in cases:
        wanted = {n: v for n, v in case.items() if n.startswith("utm_") and v}
        found = captured_from_link(case["url"])
        assert {"mkt_tok"} >= found.pop("click_ids", {}).keys()
        assert found == wanted, case["url"]


def test_other_libraries_cases_hold():
    for case in json.loads((data_folder("utm-cases-basic") / "cases.json").read_text()):
        wanted = {f"utm_{name}": value for name, value in case["expect"].items()}
        assert captured_from_link(case["url"]) == wanted, case["url"]


def test_parameters_of_the_marketing_plugin_win_in_its_order():
    fields = {"campaign_name": "campaign", "campaign_keyword": "term", "campaign_source": "source"}
    fields |= {f"campaign_{name}": name for name in ("medium", "content", "id")}
    with (data_folder("tracking-params") / "campaign_parameters_by_system.csv").open() as rows:
        system = [
            row
            for row in csv.DictReader(rows)
            if row["system"] == "matomo_marketing_campaigns_plugin" and row["field"] in fields
        ]
    assert len(system) == 27
    for field in fields.values():
        order = [row["parameter"] for row in system if fields[row["field"]] == field]
        assert [name for name in NAMES[field] if name in order] == order
        link = "https://x.test/?" + "&".join(f"{name}={name}" for name in reversed(order))
        assert captured_from_link(link)[f"utm_{field}"] == order[0]


def test_click_ids_of_the_registry_are_known_by_their_platform():
    with (data_folder("tracking-params") / "params.csv").open() as rows:
        registry = list(csv.DictReader(rows))
    unique = {r["name"].casefold() for r in registry if "Yes" in (r["unique_per_visitor"] or "")}
    assert unique - CLICKS.keys() == {"_gl", "hsa_acc", "sms_uph"}  # mark no click of their own
    assert "TikTok" in CLICKS["ttclid"].platform
    in_capitals = captured_from_link("?elqTrackId=A&ranSiteID=B")["click_ids"]
    assert in_capitals == {"elqtrackid": "A", "ransiteid": "B"}
    assert captured_from_link("?ScCid=AbC") == {"click_ids": {"sccid": "AbC"}}


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://x.test/?MTM_Campaign=A", {"utm_campaign": "A"}),
        ("https://x.test/?pk_cpn=A&pk_kwd=b", {"utm_campaign": "A", "utm_term": "b"}),
        ("https://x.test/?utm_campaign=b&piwik_campaign=A", {"utm_campaign": "A"}),
        ("https://x.test/#mtm_source=A", {"utm_source": "A"}),
        ("https://x.test/#/shop?utm_source=A", {"utm_source": "A"}),
        ("https://x.test/#!utm_source=A", {"utm_source": "A"}),
        ("https://x.test/?a=1&amp;utm_source=A&amp;amp;utm_medium=b", None),
        ("https://x.test/?utm_source=A&amp%3Butm_medium=b", None),
        ("https://x.test/?utm_source=A\\u0026utm_medium=b", None),
        ("https://x.test/?utm_source=A;utm_medium=b", None),
        ("https://x.test/?utm_source=A%26utm_medium=b", None),
        ("https://x.test/p&utm_source=A&utm_medium=b", None),
        ("https://x.test/p;utm_source=A;utm_medium=b", None),
        ("https://x.test/?utm_source[]=A&utm_medium[0]=b", None),
        ("https://x.test/?utm_source=A;b", {"utm_source": "A;b"}),
        ("https://x.test/?utm_source%3DA%26utm_medium%3Db", None),
        ("https://x.test/?utm_source%253DA%2526utm_medium%253Db", None),
        ("https://x.test/?url=https%3A%2F%2Fy.test%2F%3Futm_source%3Dother", {}),
        ("https://x.test/?url=https%3A%2F%2Fy.test%2F%3Fa%3D1%26utm_source%3Dother", {}),
        ("https://x.test/a/utm_source/b=c", {}),
        ("https://x.test/?utm%5Fsource=A", {"utm_source": "A"}),
        ("https://x.test/?utm_campaign=a%2520b", {"utm_campaign": "a%20b"}),
        ("https://x.test/?utm_campaign=%%CAMPAIGN%%", {"utm_campaign": "%%CAMPAIGN%%"}),
        (
            "https://x.test/?utm_source=A&utm_term=Fr%FC+1",
            {"utm_source": "A", "utm_term": "Fr%FC 1"},
        ),
    ],
)
def test_names_and_slips_of_other_systems_are_read(link, found):
    wanted = {"utm_source": "A", "utm_medium": "b"} if found is None else found
    assert captured_from_link(link) == wanted


def test_a_placeholder_that_begins_like_a_code_is_a_broken_tag():
    link = "https://x.test/?utm_campaign=%%CAMPAIGN%%"
    assert read(Captured(**captured_from_link(link))).reason == Reason.BROKEN_TAG


def test_a_campaign_named_twice_by_one_parameter_is_ambiguous_and_by_two_is_not():
    twice = "https://x.test/?mtm_campaign=a&mtm_campaign=b"
    assert campaigns_named(twice) == ["a", "b"]
    assert read(Captured(utm_campaign="a", landing_page=twice)).reason == Reason.AMBIGUOUS
    other = "https://x.test/?mtm_campaign=a&utm_campaign=b"
    assert read(Captured(utm_campaign="a", landing_page=other)).reason == ""


@given(st.text(max_size=300) | st.text("%?#&=;:/@[].25utm_source3Damp", max_size=200))
@settings(max_examples=200)
def test_no_link_is_too_strange_to_be_read(link):
    found = captured_from_link(link)
    assert set(found) <= {f"utm_{name}" for name in NAMES} | {"click_ids"}
    assert not campaigns_named(link) or "utm_campaign" in found
