"""A client that comes through the door of an event loop, as `Client` comes through that of WSGI."""

import asyncio
import json
import os
from concurrent.futures import Executor, Future
from unittest import mock
from urllib.parse import urlsplit

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponse
from django.test import Client

from attribution.ingest.loop import SingleItems

UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"


class AtOnce(Executor):
    """Work is done in the test's own thread, whose connection sees what the test has stored and is
    not closed, as with `Client`. The loop itself may still not ask the database.
    """

    def __init__(self):
        self.connection = connections[DEFAULT_DB_ALIAS]  # inside a loop there would be another

    def submit(self, work, /, *args, **kwargs):
        found = Future()
        os.environ[UNSAFE] = "1"
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            with mock.patch("attribution.ingest.loop.close_old_connections"):
                found.set_result(work(*args, **kwargs))
        except BaseException as failure:
            found.set_exception(failure)
        finally:
            del os.environ[UNSAFE]
        return found


class LoopClient(Client):
    """Posts through the loop; what that hands on is answered as ever."""

    def __init__(self):
        super().__init__()
        self.handed_on = 0
        self.at_once = AtOnce()
        self.door = SingleItems(self._rest, self.at_once)

    def post(self, address, data=b"", content_type="application/json", **meta):
        body = data if isinstance(data, bytes) else data.encode()
        path, query = urlsplit(address).path, urlsplit(address).query
        names = {"Host": "testserver", "Content-Type": content_type, "Content-Length": len(body)}
        names |= {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in meta.items()
            if name.startswith("HTTP_") or name == "CONTENT_LENGTH"
        }
        headers = {name.lower().encode(): str(value).encode() for name, value in names.items()}
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": query.encode(),
            "root_path": "",
            "http_version": "1.1",
            "scheme": "http",
            "server": ("testserver", 80),
            "client": (meta.get("REMOTE_ADDR", "127.0.0.1"), 1234),
            "headers": list(headers.items()),
        }
        self._as_client = (address, body, content_type, meta)
        return asyncio.run(self._answer(scope, body))

    async def _answer(self, scope, body):
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await self.door(scope, receive, send)
        start, *parts = sent
        answer = HttpResponse(
            b"".join(part["body"] for part in parts),
            status=start["status"],
            headers={name.decode(): text.decode("latin-1") for name, text in start["headers"]},
        )
        answer.json = lambda: json.loads(answer.content)
        return answer

    async def _rest(self, scope, receive, send):
        self.handed_on += 1
        address, body, content_type, meta = self._as_client
        work = self.at_once.submit(super().post, address, body, content_type=content_type, **meta)
        found = work.result()
        headers = [(name.lower().encode(), text.encode("latin-1")) for name, text in found.items()]
        await send({"type": "http.response.start", "status": found.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": found.content})
