"""fauxero behind a socket: uvicorn, with a hold on each connection so that it can be cut."""

from __future__ import annotations

import asyncio
import gc
import socket
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fauxero.app import TRANSPORT, Application
from fauxero.tls.authority import Authority
from fauxero.tls.tunnel import Tunnel

# Longer than clients keep idle connections: a server that hangs up first makes faults that
# nobody asked for.
KEEP_ALIVE_SECONDS = 300
GC_THRESHOLD = 50_000


class FauxeroProtocol(HttpToolsProtocol):
    """Lets the application reach the transport of the request it answers, and opens tunnels."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self._tunnel = None
        authority = self.config.authority if isinstance(self.config, FauxeroConfig) else None
        if self.scheme == "http" and authority is not None:
            self._tunnel = Tunnel(transport, context=authority.context, inner=self._inner)

    def data_received(self, data: bytes) -> None:
        if self._tunnel is not None:
            rest = self._tunnel.first(data)
            if rest is None:
                return
            data = rest
        super().data_received(data)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # A client that takes fauxero for a proxy asks for a whole address: the application must
        # see which. The request's task exists by now and has not begun.
        if b"://" in self.url[:8]:
            self.scope["path"] = self.url.partition(b"?")[0].decode("latin-1")

    def _inner(self) -> FauxeroProtocol:
        """The protocol inside a tunnel; this one has ended with the tunnel's opening."""
        self.connections.discard(self)
        state = {name: part for name, part in self.app_state.items() if name != TRANSPORT}
        return FauxeroProtocol(self.config, self.server_state, state, self.loop)


class FauxeroConfig(uvicorn.Config):
    authority: Authority | None = None


def listen(host: str, port: int) -> socket.socket:
    """Bind and return a socket; port 0 takes a free one. OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming TCP makes asyncio set TCP_NODELAY; without it every answer waits 40 ms for an ACK.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock


def address(sock: socket.socket, scheme: str = "http") -> str:
    host, port = sock.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def settle_memory() -> None:
    """Keep the collector away from a world that is loaded: its rows are many and never cyclic.

    Without this, each full collection walks every row, and with 100,000 invoices a call now and
    then waits for half a second.
    """
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 50)
    gc.enable()


class StoppableServer(uvicorn.Server):
    """Obeys a signal by stopping; uvicorn itself would raise it again after having stopped.

    Besides the sockets it is given it may listen to one with TLS.
    """

    https_socket: socket.socket | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.https_socket is None:
            return
        assert isinstance(self.config, FauxeroConfig)
        assert self.config.authority is not None
        server = await asyncio.get_running_loop().create_server(
            self._protocol, sock=self.https_socket, ssl=self.config.authority.context()
        )
        self.servers.append(server)

    def _protocol(self) -> FauxeroProtocol:
        return FauxeroProtocol(self.config, self.server_state, self.lifespan.state)


def server_for(
    app: Application,
    *,
    authority: Authority | None = None,
    https_socket: socket.socket | None = None,
) -> StoppableServer:
    """A server that is not running yet. With an authority it is a proxy for Xero's names too."""
    config = FauxeroConfig(
        app,
        http=FauxeroProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    config.authority = authority
    server = StoppableServer(config)
    server.https_socket = https_socket
    return server
