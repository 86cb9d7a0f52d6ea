"""Sends requests at a steady rate and counts the answers. The plan is JSON in the first argument (see plan.ts).

Every second the counts are written to counts.json in the plan's folder. A file `stop` there ends the run.
"""

import asyncio
import concurrent.futures
import datetime
import json
import os
import socket
import sys
import time

plan = json.loads(sys.argv[1])
folder = plan["folder"]
stopping = asyncio.Event()


class Unexpected(Exception):
    """An answer other than the expected one."""


class Connection:
    """A connection to a host, by its name: each one looks the name up, as clients do."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.reader = self.writer = None
        self.opened = 0.0

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(self.host + ".", self.port, family=socket.AF_INET)
        self.opened = time.monotonic()

    def is_open(self):
        return self.writer is not None

    def was_closed(self):
        return self.is_open() and (self.reader.at_eof() or self.reader.exception() is not None)

    def is_older_than(self, seconds):
        return self.is_open() and 0 < seconds < time.monotonic() - self.opened

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def echo(self, token):
        """Expects a line back. Istio's echo server writes lines about itself before its first answer."""
        self.writer.write(token + b"\n")
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\n"):
                raise Unexpected("closed without an answer")
            if line.strip() == token:
                return

    async def get(self, path):
        """Expects status 200."""
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n".encode())
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
            body = await self.body(headers)
        except asyncio.IncompleteReadError as error:
            raise Unexpected("closed within an answer" if error.partial else "closed without an answer") from error
        status = head[0].split(" ")[1]
        if headers.get("connection") == "close":
            self.close()
        if status != "200":
            raise Unexpected(f"status {status} {body[:160].decode('latin1').strip()}")

    async def body(self, headers):
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", "0")))
        body = b""
        while True:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            body += (await self.reader.readexactly(size + 2))[:size]
            if size == 0:
                return body


class Sender:
    """One kind of requests to one port of a host."""

    def __init__(self, edge, kind):
        self.host, self.path, self.renew_after = edge["host"], edge["path"], edge["renewAfter"]
        self.kind, self.port, self.rate = kind["kind"], kind["port"], kind["rate"]
        self.kept = Connection(self.host, self.port)
        self.tokens = 0
        self.waits_for = "no answer yet"
        self.reset()

    def reset(self):
        self.sent = self.answered = self.failed = self.connections = 0
        self.slowest = 0.0
        self.failures, self.last, self.last_answer = [], None, None

    def counts(self):
        names = ["kind", "port", "rate", "sent", "answered", "failed", "connections", "failures", "last"]
        counts = {name: getattr(self, name) for name in names}
        return {**counts, "slowest": round(self.slowest, 3), "lastAnswer": self.last_answer}

    async def request(self):
        self.tokens += 1
        token = f"load {os.getpid()} {self.tokens}".encode()
        if self.kind == "tcp fresh":
            connection = Connection(self.host, self.port)
            try:
                await self.open(connection)
                await connection.echo(token)
            finally:
                connection.close()
            return
        try:
            await self.keep()
            await (self.kept.get(self.path) if self.kind == "http kept" else self.kept.echo(token))
        except Unexpected as error:
            # After a complete answer the connection is still good.
            if not str(error).startswith("status"):
                self.kept.close()
            raise
        except BaseException:
            self.kept.close()
            raise

    async def keep(self):
        """Opens the kept connection where there is none."""
        if self.kept.was_closed():
            self.kept.close()
            # A server may close an idle HTTP connection at any time. Nothing may close a TCP connection.
            if self.kind == "tcp kept":
                raise Unexpected("the kept connection was closed")
        if self.kind == "tcp kept" and self.kept.is_older_than(self.renew_after):
            self.kept.close()
        if not self.kept.is_open():
            await self.open(self.kept)

    async def open(self, connection):
        self.connections += 1
        await connection.open()

    async def measure(self):
        self.sent += 1
        began = time.monotonic()
        try:
            async with asyncio.timeout(plan["timeout"]):
                await self.request()
            self.answered += 1
            self.last_answer = now()
        except Exception as error:
            self.fail(error, time.monotonic() - began)
        self.slowest = max(self.slowest, time.monotonic() - began)

    def fail(self, error, seconds):
        self.failed += 1
        what = str(error) if isinstance(error, Unexpected) else f"{type(error).__name__} {error}".strip()
        self.last = {"at": now(), "what": what, "seconds": round(seconds, 1)}
        if len(self.failures) < 3:
            self.failures.append(self.last)

    async def first_answer(self):
        while not stopping.is_set():
            self.reset()
            await self.measure()
            if self.answered:
                self.waits_for = None
                self.reset()
                return
            self.waits_for = self.last["what"]
            await pause(0.5)

    async def run(self):
        """Sends at the rate; a late sender catches up. Returns when every request has ended."""
        began, sent, open_requests = time.monotonic(), 0, set()
        while not stopping.is_set():
            await pause(began + sent / self.rate - time.monotonic())
            if stopping.is_set():
                break
            sent += 1
            if self.kind == "tcp fresh":
                task = asyncio.create_task(self.measure())
                open_requests.add(task)
                task.add_done_callback(open_requests.discard)
            else:
                await self.measure()
        await asyncio.gather(*open_requests)


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


async def pause(seconds):
    if seconds > 0:
        try:
            await asyncio.wait_for(stopping.wait(), seconds)
        except TimeoutError:
            pass
    else:
        await asyncio.sleep(0)


def write(state, began, edges):
    counts = {
        "run": plan["run"],
        "state": state,
        "seconds": round(time.monotonic() - began, 3),
        "cpuSeconds": round(time.process_time(), 1),
        "edges": [
            {
                "host": senders[0].host,
                "waitsFor": [f"{s.kind}: {s.waits_for}" for s in senders if s.waits_for],
                "kinds": [s.counts() for s in senders],
            }
            for senders in edges
        ],
    }
    path = os.path.join(folder, "counts.json")
    with open(path + ".new", "w") as file:
        json.dump(counts, file)
    os.replace(path + ".new", path)


async def report(state, began, edges):
    while True:
        if os.path.exists(os.path.join(folder, "stop")):
            stopping.set()
        write(state, began, edges)
        await asyncio.sleep(1)


async def main():
    loop = asyncio.get_running_loop()
    # Look-ups of one host must not wait for those of another.
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(64))
    edges = [[Sender(edge, kind) for kind in edge["kinds"]] for edge in plan["edges"]]
    senders = [sender for edge in edges for sender in edge]
    began = time.monotonic()
    reporting = asyncio.create_task(report("starting", began, edges))
    await asyncio.gather(*(sender.first_answer() for sender in senders))
    reporting.cancel()
    began = time.monotonic()
    reporting = asyncio.create_task(report("running", began, edges))
    await asyncio.gather(*(sender.run() for sender in senders))
    reporting.cancel()
    write("ended", began, edges)
    # The counts are read from this pod, which is then deleted.
    await asyncio.Event().wait()


asyncio.run(main())
