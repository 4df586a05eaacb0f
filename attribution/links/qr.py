"""QR codes of links, to be printed or shown."""

import io

import segno

# A quiet zone of four modules is what the standard asks for; readers fail without it.
BORDER = 4
SVG_SCALE, PNG_SCALE = 4, 10
LONGEST = 1_500  # characters; the code of a longer text is too fine for a phone
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def code_of(link: str) -> segno.QRCode:
    """Level M still reads with a seventh of it dirty."""
    return segno.make_qr(link, error="m")


def picture(link: str, kind: str) -> bytes:
    """The code as a file: `svg` or `png`, black on white in any theme."""
    out = io.BytesIO()
    scale = SVG_SCALE if kind == "svg" else PNG_SCALE
    code_of(link).save(out, kind=kind, scale=scale, border=BORDER, light="white")
    return out.getvalue()


def data_uri(link: str) -> str:
    """The code as an address that an image of the page can have; empty for too long a link."""
    if len(link) > LONGEST:
        return ""
    return code_of(link).svg_data_uri(scale=SVG_SCALE, border=BORDER, light="white")
