"""People who may change spend, and what their browsers send."""

import re
from html import unescape

import pytest
from django.urls import reverse

from attribution import scope
from tests.factories import make_company, make_user


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company(db):
    return make_company(name="Acme", slug="acme")


@pytest.fixture
def signed_in(client, company):
    """Signs in a new user of the role and hands back the user."""

    def sign_in(role="company_admin", at=company, **values):
        user = make_user(at, role, **values)
        client.force_login(user)
        return user

    return sign_in


def url(model, page, *args):
    return reverse(f"admin:spend_{model}_{page}", args=args)


def fields(answer):
    """What a browser without scripts would send of the page's form, as it was filled."""
    text = answer.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]*>", text):
        said = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = said.get("type")
        if kind in ("submit", "checkbox", "radio", "file") or "name" not in said:
            continue
        if said["name"] not in ("csrfmiddlewaretoken", "q", "_selected_action"):
            found[said["name"]] = said.get("value", "")
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        if name != "action":
            found[name] = unescape(chosen[1]) if chosen else ""
    return found


def errors(answer):
    """All errors of the form that was refused; none when it was taken."""
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    context = answer.context
    if "adminform" not in context:
        return [text for form in context["cl"].formset.forms for text in _texts(form.errors)]
    found = _texts(context["adminform"].form.errors)
    for one in context["inline_admin_formsets"]:
        found += [text for each in one.formset.errors for text in _texts(each)]
        found += list(one.formset.non_form_errors())
    return found


def _texts(found):
    return [text for texts in found.values() for text in texts]
