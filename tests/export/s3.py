"""An S3 server of other people's making, in this process, that a test can stand before."""

from __future__ import annotations

import contextlib
import os
import threading

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


class Door:
    """Stands before the S3 server, lets one request in at a time, and does what a test tells it to."""

    def __init__(self, app):
        self.app, self.turn = app, threading.Lock()
        self.reset()

    def reset(self):
        self.uploads, self.refuses = [], lambda path: False
        self.ignores_conditions = False
        self.requests, self.signals_at, self.signal, self.pid, self.is_before = 0, None, None, None, True

    def __call__(self, environ, start_response):
        # The server's own check and write are two steps, and it has a thread for each request.
        with self.turn:
            return self.answer(environ, start_response)

    def hit(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, self.signal)

    def answer(self, environ, start_response):
        self.requests += 1
        is_the_one = self.requests == self.signals_at
        if is_the_one and self.is_before:
            self.hit()
        if self.ignores_conditions:
            environ = {name: value for name, value in environ.items() if name not in CONDITIONS}
        if environ["REQUEST_METHOD"] == "PUT":
            self.uploads.append(environ["PATH_INFO"])
            if self.refuses(environ["PATH_INFO"]):
                start_response("500 Internal Server Error", [("Content-Length", "0")])
                return [b""]
        answered = self.app(environ, start_response)
        if is_the_one and not self.is_before:
            self.hit()
        return answered
