"""Which site a referrer is, and which are none: own pages, payment providers, sign-in pages."""

from functools import lru_cache
from typing import NamedTuple

from attribution.channels.hosts import above, address_of, is_within, without_www
from attribution.channels.sites import TOLD_BY_PATH, Site, site_of, source_name

_AMAZON_ENDINGS = ("de", "co.uk", "fr", "it", "es", "nl", "at", "eu", "co.jp")
# Whoever pays comes back from here; the visit came from where it came before.
PAYMENT_PROVIDERS = frozenset(
    (
        *("paypal.com", "paypalobjects.com", "paypal.me", "stripe.com", "stripe.network"),
        *("klarna.com", "klarna.net", "adyen.com", "adyenpayments.com", "mollie.com"),
        *("sofort.com", "giropay.de", "paydirekt.de", "wero-wallet.eu", "ideal.nl"),
        *("braintreegateway.com", "braintree-api.com", "braintreepayments.com"),
        *("authorize.net", "2checkout.com", "checkout.com", "worldpay.com", "wpay.com"),
        *("sagepay.com", "opayo.co.uk", "gocardless.com", "datatrans.com", "datatrans.biz"),
        *("postfinance.ch", "twint.ch", "saferpay.com", "wallee.com", "payrexx.com"),
        *("unzer.com", "heidelpay.com", "computop.com", "computop-paygate.com"),
        *("payone.com", "payone.de", "pay1.de", "girogate.de", "ratepay.com", "billie.io"),
        *("concardis.com", "novalnet.de", "secupay.com"),
        *("multisafepay.com", "buckaroo.nl", "bancontact.net", "payconiq.com"),
        *("przelewy24.pl", "payu.com", "payu.pl", "tpay.com", "dotpay.pl", "gopay.com"),
        *("redsys.es", "sermepa.es", "bizum.es", "nexi.it", "satispay.com", "scalapay.com"),
        *("afterpay.com", "clearpay.co.uk", "affirm.com", "sezzle.com", "zip.co"),
        *("razorpay.com", "payu.in", "ccavenue.com", "paytm.in", "payfast.co.za"),
        *("mercadopago.com", "mercadopago.com.ar", "mercadopago.com.br", "pagseguro.uol.com.br"),
        *("skrill.com", "neteller.com", "paysafecard.com", "wirecard.com", "ogone.com"),
        *("payplug.com", "payzen.eu", "systempay.fr", "monetico-services.com", "hipay.com"),
        *("getalma.eu", "vivapayments.com", "bluesnap.com", "easycredit-ratenkauf.de"),
        *("pay.google.com", "pay.amazon.com", "payments.amazon.com", "payments-eu.amazon.com"),
        *(f"{pay}.amazon.{end}" for pay in ("pay", "payments") for end in _AMAZON_ENDINGS),
        *("checkout.shopify.com", "pay.shopify.com"),
        *("squareup.com", "square.link", "cash.app", "alipay.com", "wise.com", "revolut.com"),
        *("trustly.com", "vippsmobilepay.com", "vipps.no", "mobilepay.dk", "swish.nu"),
        *("pay.sumup.com", "checkout.sumup.com", "checkout.square.site", "worldline-solutions.com"),
        *("sia.eu", "touchtechpayments.com", "rsa3dsauth.com"),
        *("cardinalcommerce.com", "3dsecure.io", "arcot.com", "wlp-acs.com", "netcetera.com"),
    )
)

# Whoever signs in comes back from here, too.
SIGN_IN_PAGES = frozenset(
    (
        *("accounts.google.com", "accounts.youtube.com", "appleid.apple.com", "idmsa.apple.com"),
        *(
            "login.microsoftonline.com",
            "login.microsoft.com",
            "login.live.com",
            "login.windows.net",
        ),
        *("b2clogin.com", "auth0.com", "login.okta.com", "login.yahoo.com", "login.salesforce.com"),
        *("accounts.shopify.com", "passport.yandex.ru", "oauth.vk.com", "id.vk.com", "id.me"),
    )
)


class Referrer(NamedTuple):
    """What a referrer says. Without a source it says nothing, and `dropped` why."""

    host: str = ""
    source: str = ""  # as GA4 names it
    site: Site | None = None
    dropped: str = ""  # own, payment, signin or unreadable


NONE = Referrer()


def referrer_of(referrer: str, landing_page: str, own_hosts: frozenset[str]) -> Referrer:
    """Read a referrer as it was captured. Own hosts are those of the company, with all below."""
    if not referrer:
        return NONE
    there = address_of(referrer)
    if not there.host:
        return Referrer(dropped="unreadable")
    path = there.path if there.host in TOLD_BY_PATH else ""
    found = _read(there.host, path, there.is_app)
    if found.dropped:
        return found
    if own_hosts and not own_hosts.isdisjoint(above(there.host)):
        return Referrer(there.host, dropped="own")
    if landing_page and _is_own(found, address_of(landing_page).host):
        return Referrer(there.host, dropped="own")
    return found


def says_site(referrer: str, landing_page: str) -> bool:
    """Whether a referrer says from which site a visit came: own pages, payment providers and what
    is no address do not. Hosts that a company has named itself are not known here."""
    return bool(referrer) and not referrer_of(referrer, landing_page, frozenset()).dropped


@lru_cache(maxsize=32_768)
def _read(host: str, path: str, is_app: bool) -> Referrer:
    if not is_app and not PAYMENT_PROVIDERS.isdisjoint(above(host)):
        return Referrer(host, dropped="payment")
    if not is_app and not SIGN_IN_PAGES.isdisjoint(above(host)):
        return Referrer(host, dropped="signin")
    site = site_of(host, path, is_app)
    return Referrer(host, source_name(host, site), site)


def _is_own(found: Referrer, landing: str) -> bool:
    """Whether the landing page lies on the same host, below it or above it.

    A known site is its own only on the very same host: from google.com to sites.google.com is no
    way from own page to own page.
    """
    host, landing = without_www(found.host), without_www(landing)
    if host == landing or found.site or not landing:
        return host == landing
    return is_within(host, landing) or is_within(landing, host)
