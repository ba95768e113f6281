"""A client that costs the machine as little as can be: one connection, requests written by hand, no library."""

import json
import socket


class Conversation:
    """One connection to the server on loopback, kept open; `post` sends JSON and gives what was answered."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: "
        )

    def post(self, path, content, expected):
        """Raises RuntimeError when the answer has another status than expected."""
        body = json.dumps(content).encode()
        self.socket.sendall(f"POST {path} HTTP/1.1\r\n{self.head}{len(body)}\r\n\r\n".encode() + body)
        return self._answer(expected)

    def get(self, path, expected=200):
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{self.head}0\r\n\r\n".encode())
        return self._answer(expected)

    def _answer(self, expected):
        told = b""
        while b"\r\n\r\n" not in told:
            told += self._more()
        head, _blank, body = told.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        fields = {
            name.strip().lower(): value.strip() for name, _colon, value in (line.partition(b":") for line in lines[1:])
        }
        wanted = int(fields[b"content-length"])
        while len(body) < wanted:
            body += self._more()
        status = int(lines[0].split()[1])
        if status != expected:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        return body

    def _more(self):
        if part := self.socket.recv(65536):
            return part
        raise RuntimeError("the server has hung up")
