"""The form that makes a browser's key: for which pages of the site."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.channels.hosts import address_of

MOST_ORIGINS = 50
USUAL_PORTS = {"https": 443, "http": 80}


class KeyForm(forms.Form):
    """Name and origins of a new key."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, initial=gettext_lazy("Website")
    )
    origins = forms.CharField(
        label=gettext_lazy("Addresses of your site"),
        help_text=gettext_lazy(
            "One a line, as https://www.example.com. With and without www, and each subdomain, "
            "are addresses of their own."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=10_000,
    )

    def clean_origins(self) -> list[str]:
        lines = [line.strip() for line in re.split(r"[\s,]+", self.cleaned_data["origins"])]
        found = list(dict.fromkeys(clean_origin(line) for line in lines if line))
        if len(found) > MOST_ORIGINS:
            text = _("%(number)s addresses are too many; %(most)s are the most.")
            raise ValidationError(text % {"number": len(found), "most": MOST_ORIGINS})
        return found


def clean_origin(text: str) -> str:
    """The origin of an address as browsers send it: `HTTPS://Example.com:443/x` is
    `https://example.com`. Without a scheme it is https."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise _no_address(text) from None
    host = address_of(text if "://" in text else f"https://{text}").host
    if not host and parts.hostname in ("localhost", "127.0.0.1"):
        host = parts.hostname
    if parts.scheme not in USUAL_PORTS or not host or set("*@[") & set(parts.netloc):
        raise _no_address(text)
    own_port = "" if port in (None, USUAL_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{own_port}"


def _no_address(text: str) -> ValidationError:
    return ValidationError(
        _("“%(text)s” is no address of a site. Write it as https://www.example.com."),
        params={"text": text[:100]},
    )
