"""Answers what generator.py sends, and never closes a connection, so that each failure is one of the meshes."""

import asyncio

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n"


async def http(reader, writer):
    while True:
        try:
            await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            return writer.close()
        writer.write(ANSWER)


async def tcp(reader, writer):
    while True:
        try:
            line = await reader.readline()
        except OSError:
            line = b""
        if not line:
            return writer.close()
        writer.write(line)


async def main():
    servers = [await asyncio.start_server(*server) for server in [(http, "", 18080), (tcp, "", 19090)]]
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
