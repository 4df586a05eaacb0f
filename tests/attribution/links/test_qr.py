"""QR codes: the files hold the very code of the link."""

import struct
import zlib
from xml.etree import ElementTree

import pytest

from attribution.links import qr

LINK = "https://example.com/?utm_source=flyer&utm_medium=qr&utm_campaign=spring"


def modules(png):
    """The black and white modules of a PNG with one bit a pixel, its quiet zone left out."""
    width, height, bits = struct.unpack(">IIB", png[16:25])
    assert bits == 1
    packed, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    raw, line = zlib.decompress(packed), (width + 7) // 8 + 1
    rows = [bytes(line - 1)]
    for y in range(height):
        kind, *packed_row = raw[y * line : (y + 1) * line]
        assert kind in (0, 2)  # as it is, or the difference to the row above
        above = rows[-1] if kind else bytes(line - 1)
        rows.append(bytes((a + b) % 256 for a, b in zip(above, packed_row, strict=True)))
    size, edge = qr.PNG_SCALE, qr.BORDER * qr.PNG_SCALE
    return [
        [1 - (rows[y + 1][x // 8] >> (7 - x % 8) & 1) for x in range(edge, width - edge, size)]
        for y in range(edge, height - edge, size)
    ]


def test_the_png_holds_the_code_of_the_link():
    assert modules(qr.picture(LINK, "png")) == [list(row) for row in qr.code_of(LINK).matrix]


def test_the_svg_is_one_picture_without_code_or_style():
    root = ElementTree.fromstring(qr.picture(LINK, "svg"))
    assert root.tag.endswith("svg")
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {"svg", "g", "path"}
    assert not [one for one in root.iter() if "style" in one.attrib]


@pytest.mark.parametrize("kind", qr.TYPES)
def test_the_longest_link_has_a_code(kind):
    assert qr.picture("https://example.com/" + "x" * (qr.LONGEST - 20), kind)


def test_a_longer_link_has_none_on_the_page():
    assert qr.data_uri(LINK).startswith("data:image/svg+xml")
    assert qr.data_uri(LINK + "x" * qr.LONGEST) == ""
