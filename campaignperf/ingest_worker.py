"""gunicorn's worker for ASGI, whose processes share connections out among themselves.

An event loop that is told of new connections takes all there are. Of sixteen that came at once one
process had sixteen and the other none, so a processor idled (measured: 980 leads a second instead
of 1,500). Here it takes one, and looks at everything else before it takes the next; meanwhile the
other processes, told of them as well, take theirs.
"""

import socket
from typing import Any

from gunicorn.workers.gasgi import ASGIWorker


class OneByOne(socket.socket):
    """A listening socket of which each second call says that nobody is there."""

    _has_just_taken = False

    def accept(self) -> tuple[socket.socket, Any]:
        self._has_just_taken = not self._has_just_taken
        if not self._has_just_taken:
            raise BlockingIOError
        return super().accept()


class Worker(ASGIWorker):
    """One of the processes."""

    def init_process(self) -> None:
        for listener in self.sockets:
            listener.sock = OneByOne(fileno=listener.sock.detach())
        super().init_process()
