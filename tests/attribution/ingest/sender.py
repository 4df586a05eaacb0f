"""A program that sends leads and bookings."""

import json


class Sender:
    """Posts what it is given, as JSON or as the bytes that they are."""

    def __init__(self, client, key, **headers):
        self.client = client
        self.key = key
        self.headers = headers

    def post(self, address, data, *, key=None, type="application/json", **headers):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent = {**self.headers, **headers}
        if self.key or key:
            sent.setdefault("HTTP_AUTHORIZATION", f"Bearer {key or self.key}")
        return self.client.post(f"/api/v1/{address}", body, content_type=type, **sent)

    def lead(self, data, **how):
        return self.post("leads", data, **how)

    def leads(self, items, **how):
        return self.post("leads", {"items": items}, **how)

    def booking(self, data, **how):
        return self.post("bookings", data, **how)

    def collect(self, data, **how):
        return self.post("collect", data, **how)


def code(answer):
    """The error code of an answer, for programs."""
    return answer.json()["error"]["code"]
