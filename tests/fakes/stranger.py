"""A web server of somebody else, who need not mean well: it answers with the bytes it was given."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from datasources.tasks import end

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Stranger:
    """A server on a port of the loopback. `paths` say what it answers.

    `heard` are the heads of the requests that came, `names` those that TLS asked for.
    """

    port: int = 0
    paths: dict[str, bytes | Speak] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Where a path is."""
        return f"{scheme}://{host}:{self.port}{path}"

    def header(self, name: str, request: int = -1) -> str | None:
        """What a request said under that name."""
        for line in self.heard[request].splitlines()[1:]:
            given, _, value = line.partition(": ")
            if given.lower() == name:
                return value
        return None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection, whatever the client does."""
        task = asyncio.current_task()
        assert task is not None
        self.talks.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.talks.discard(task)
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heard.append(head)
        found = self.paths.get(head.split(" ")[1], b"HTTP/1.1 404 Not Found\r\n\r\n")
        if isinstance(found, bytes):
            writer.write(found)
            await writer.drain()
        else:
            await found(writer)


@asynccontextmanager
async def stranger(
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Stranger]:
    """Such a server."""
    found = Stranger()
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: found.names.append(name)
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await end(*found.talks)


def ok(body: bytes, media_type: str = "text/plain", **headers: str) -> bytes:
    """A response with its length and more headers, whose names have _ for -."""
    lines = [f"content-type: {media_type}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return b"HTTP/1.1 200 OK\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def gzipped(body: bytes, media_type: str = "text/plain") -> bytes:
    """The same in gzip."""
    return ok(gzip.compress(body), media_type, content_encoding="gzip")


def moved(to: str, status: int = 302) -> bytes:
    """A redirection."""
    return f"HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()


def drip(piece: bytes, begin: bytes = b"HTTP/1.1 200 OK\r\n\r\n", pause: float = 0.02) -> Speak:
    """Says a piece over and over, for as long as somebody listens."""

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return speak


async def silent(writer: asyncio.StreamWriter) -> None:
    """Says nothing for an hour."""
    await asyncio.sleep(3600)


def certified(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server with these names, and for a client that knows who signed its certificate."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cafile=str(both))


def unused_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
