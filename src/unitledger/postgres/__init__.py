"""The embedded PostgreSQL server: from the programs in a wheel to a database address.

`hold(home)` is the whole of the public face. The first process to hold an installation's server
starts it, the last one to let go has it stopped, however that last one ends (`kill -9` included).

How: every holder keeps a *shared* file lock, and a small keeper process waits for the *exclusive*
one. The system gives locks back when a process dies, so nothing has to be counted or cleaned up.
"""

from unitledger.postgres.errors import PostgresError
from unitledger.postgres.holding import EmbeddedServer, hold
from unitledger.postgres.layout import Layout, make_enterable
from unitledger.postgres.version import SERVER_VERSION_MIN, check_server

__all__ = [
    "SERVER_VERSION_MIN",
    "EmbeddedServer",
    "Layout",
    "PostgresError",
    "check_server",
    "hold",
    "make_enterable",
]
