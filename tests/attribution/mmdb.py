"""A very small database of addresses, written as MaxMind's format describes it."""

import struct
from ipaddress import ip_network
from pathlib import Path

SEPARATOR = b"\0" * 16
UINT16, UINT32, UINT64 = 5, 6, 9
MARK = b"\xab\xcd\xefMaxMind.com"


def write(path: Path, places: dict[str, dict]) -> Path:
    """`places`: IPv4 network → what is said of it."""
    nodes: list[list] = [[None, None]]
    data, offsets = b"", {}
    for network, said in places.items():
        offsets[network] = len(data)
        data += _encoded(said)
        net = ip_network(network)
        bits = f"{int(net.network_address):032b}"[: net.prefixlen]
        at = 0
        for depth, bit in enumerate(bits):
            if depth == len(bits) - 1:
                nodes[at][int(bit)] = ("data", network)
            elif nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            if isinstance(nodes[at][int(bit)], int):
                at = nodes[at][int(bit)]
    count = len(nodes)

    def record(value) -> int:
        if value is None:
            return count
        return value if isinstance(value, int) else count + 16 + offsets[value[1]]

    tree = b"".join(struct.pack(">II", *map(record, node)) for node in nodes)
    about = {
        "binary_format_major_version": (2, UINT16),
        "binary_format_minor_version": (0, UINT16),
        "build_epoch": (1, UINT64),
        "database_type": "Test-City",
        "ip_version": (4, UINT16),
        "node_count": (count, UINT32),
        "record_size": (32, UINT16),
        "languages": ["en"],
        "description": {"en": "for tests"},
    }
    path.write_bytes(tree + SEPARATOR + data + MARK + _encoded(about))
    return path


def _encoded(value) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, tuple):
        number, kind = value
        raw = number.to_bytes(8, "big").lstrip(b"\0")
        return _control(kind, len(raw)) + raw
    if isinstance(value, dict):
        pairs = (_encoded(name) + _encoded(one) for name, one in value.items())
        return _control(7, len(value)) + b"".join(pairs)
    return _control(11, len(value)) + b"".join(map(_encoded, value))


def _control(kind: int, size: int) -> bytes:
    """Types above 7 stand in a byte of their own; sizes here are below 29 or 285."""
    length, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    if kind <= 7:
        return bytes([kind << 5 | length]) + more
    return bytes([length, kind - 7]) + more
