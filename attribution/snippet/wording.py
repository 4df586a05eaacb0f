"""What is pasted into a site: the tag, forms, policy lines, the text for the privacy page.

Code is made here rather than in a template, so that it is copied exactly as it is tested.
"""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _

NO_KEY = "cpb_…"  # stands where a key belongs that is not there yet


@dataclass(frozen=True)
class Snippet:
    """A piece of text to copy: the id of its field, its heading, and what it is for."""

    name: str
    label: str
    text: str
    help: str = ""

    @property
    def rows(self) -> int:
        return self.text.count("\n") + 1


def tag(host: str, key: str, domain: str = "") -> str:
    """The tag of a site. `host` is ours, with scheme; `domain` shares touches among subdomains."""
    shared = f' data-domain="{escape(domain)}"' if domain else ""
    return f'<script src="{escape(host)}/cp.js" data-key="{escape(key)}"{shared} async></script>'


def sending_form() -> str:
    return """<form action="/thank-you" method="post" data-cp data-cp-send>
  <input name="name" autocomplete="name" required>
  <input name="email" type="email" autocomplete="email" required>
  <input name="phone" type="tel" autocomplete="tel">
  <input name="website" data-cp-trap tabindex="-1" autocomplete="off" class="out-of-sight">
  <button>Send</button>
</form>"""


def filled_form() -> str:
    return """<form action="/contact" method="post" data-cp>
  <input name="email" type="email" required>
  <input type="hidden" name="utm_source">
  <input type="hidden" name="utm_medium">
  <input type="hidden" name="utm_campaign">
  <input type="hidden" name="gclid">
  <input type="hidden" name="referrer">
  <input type="hidden" name="landing_page">
  <input type="hidden" name="cp_touches">
  <button>Send</button>
</form>"""


def policy(host: str) -> str:
    return f"script-src {host}; connect-src {host}"


def tag_manager(host: str, key: str) -> str:
    """For tag managers that drop attributes of a pasted tag."""
    return f"""<script>
  var tag = document.createElement("script");
  tag.src = "{escape(host)}/cp.js";
  tag.dataset.key = "{escape(key)}";
  document.head.append(tag);
</script>"""


def own_code() -> str:
    return """cpTouch.lead({ email: "ann@example.org", name: "Ann Berg" });"""


def privacy_text() -> str:
    return _(
        "Our site notes in your browser's own storage by which links you came to us: the address "
        "of the page you arrived at, the page that linked to it, the campaign values and click ids "
        "in that address, and the time. It keeps the first and the latest visits, at most 20, for "
        "90 days. Nothing of it leaves your browser until you send us a form; then it is sent "
        "along, so that we learn which of our campaigns are of use. No other site is told, and no "
        "profile is made. If your browser asks not to be tracked, nothing is noted."
    )


def options() -> list[tuple[str, str]]:
    """The attributes of the tag, and what each does."""
    return [
        ("data-key", _("The browser's key. Without it hidden fields are filled, no lead is sent.")),
        (
            'data-domain="example.com"',
            _(
                "One memory for all subdomains: the visits are kept in a cookie of this domain as "
                "well, with addresses cut before their parameters."
            ),
        ),
        ('data-days="90"', _("For how many days a visit is remembered.")),
        (
            'data-consent="wait"',
            _(
                "Nothing is stored or read before your consent tool calls cpTouch.consent(true). "
                "cpTouch.consent(false) removes what is there."
            ),
        ),
        (
            'data-respect-dnt="off"',
            _(
                "Remembers also where the browser asks not to be tracked (Do Not Track, Global "
                "Privacy Control). By default nothing is stored there."
            ),
        ),
        ('data-own="shop.example"', _("Another site of yours: links from it are no new visit.")),
        (
            "data-endpoint",
            _("Where leads are sent, when it is another address than the script's own."),
        ),
    ]


def snippets(host: str, key: str, domain: str) -> dict[str, Snippet]:
    """Everything that the page offers to copy, by name."""
    found = (
        Snippet(
            "tag",
            _("The tag"),
            tag(host, key, domain),
            _("In the head of every page, as early as can be."),
        ),
        Snippet(
            "sending-form",
            _("A form that sends its lead by itself"),
            sending_form(),
            _(
                "Name, e-mail and phone are found by their types and names; data-cp-field says it "
                "where they are called otherwise. The field with data-cp-trap is for bots: hide it "
                "with your own CSS. The form goes on to wherever it went before."
            ),
        ),
        Snippet(
            "filled-form",
            _("A form whose hidden fields are filled"),
            filled_form(),
            _(
                "For a form that your own server or form tool takes: keep the fields you want. "
                'With data-cp="add" they are added for you.'
            ),
        ),
        Snippet(
            "own-code",
            _("From your own code"),
            own_code(),
            _("cpTouch.values() gives what is known of the visitor's way, for your own server."),
        ),
        Snippet(
            "policy",
            _("Content-Security-Policy"),
            policy(host),
            _("Add these hosts to the policy of your site, if it has one."),
        ),
        Snippet("tag-manager", _("Google Tag Manager"), tag_manager(host, key)),
        Snippet("privacy", _("For your privacy page"), privacy_text()),
    )
    return {one.name.replace("-", "_"): one for one in found}
