"""Forbid every Python process that the tests start to reach anything but this machine.

`tests/conftest.py` puts this folder first on PYTHONPATH, so child processes, kernels and servers import it when they
start. What was tried is written to the file COPYDESK_NETWORK_LOG, since a program may pass over the error.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
from typing import Any

LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
REACHES = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def is_here(host: object) -> bool:
    """Whether a name or an address means this machine."""
    if host in (None, "", "localhost", b"localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host if isinstance(host, str) else str(host, "ascii")).is_loopback  # type: ignore[call-overload, no-any-return]
    except (ValueError, TypeError):
        return False


def forbid(event: str, details: tuple[Any, ...]) -> None:
    """Refuse a connection or a look-up that would leave this machine; `sys.addaudithook` calls this."""
    if event in REACHES:
        address = details[1]
        outside = isinstance(address, tuple) and not is_here(address[0])  # a string is a file: a socket of this machine
    elif event in LOOKUPS:
        address = details[0]
        outside = not is_here(address[0] if isinstance(address, tuple) else address)
    else:
        return
    if outside:
        if log := os.environ.get("COPYDESK_NETWORK_LOG"):
            with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123 (at start-up, before anything is imported)
                file.write(f"{event} {address} by {sys.argv}\n")
        raise OSError(errno.ENETUNREACH, f"the tests forbid the network: {event} {address}")


sys.addaudithook(forbid)
