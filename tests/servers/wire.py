"""A session with PostgreSQL: the simple query protocol, which is all that tests of locks need, without a driver."""
import select, socket, struct


class Refused(Exception):
    """What the server answered instead of doing it."""


class Session:
    """One session. `run` waits for the answer; `start` and `finish` leave time to look at it from another session."""

    def __init__(self, port, database="postgres", **settings):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.buffer, self.notices, self.pid = b"", [], None
        pairs = {"user": "postgres", "database": database, **settings}
        body = struct.pack("!i", 196608) + b"".join(f"{k}\0{v}\0".encode() for k, v in pairs.items()) + b"\0"
        self.socket.sendall(struct.pack("!i", len(body) + 4) + body)
        self._answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.socket.sendall(b"X\0\0\0\4")
        except OSError:
            pass
        self.socket.close()

    def start(self, sql):
        """Sends a message and does not wait."""
        body = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)

    def is_done(self, within=0.0):
        """Whether the server has said anything about what was started."""
        return bool(self.buffer) or bool(select.select([self.socket], [], [], within)[0])

    def finish(self):
        """The rows of what was started."""
        return self._answer()

    def run(self, sql):
        """Sends a message (of several statements, it is one transaction) and returns its rows."""
        self.start(sql)
        return self._answer()

    def value(self, sql):
        rows = self.run(sql)
        return rows[0][0] if rows else None

    def _message(self):
        while len(self.buffer) < 5 or len(self.buffer) < 1 + struct.unpack("!i", self.buffer[1:5])[0]:
            more = self.socket.recv(1 << 16)
            if not more:
                raise Refused("the server closed the connection")
            self.buffer += more
        end = 1 + struct.unpack("!i", self.buffer[1:5])[0]
        kind, body, self.buffer = self.buffer[:1], self.buffer[5:end], self.buffer[end:]
        return kind, body

    def _answer(self):
        rows, refused = [], None
        while True:
            kind, body = self._message()
            if kind == b"D":
                rows.append(self._row(body))
            elif kind == b"E":
                refused = refused or self._text(body)
                if self.pid is None:
                    raise Refused(refused)
            elif kind == b"N":
                self.notices.append(self._text(body))
            elif kind == b"K":
                self.pid = struct.unpack("!i", body[:4])[0]
            elif kind == b"Z":
                self.in_transaction = body != b"I"
                if refused is not None:
                    raise Refused(refused)
                return rows

    @staticmethod
    def _row(body):
        count, at, row = struct.unpack("!h", body[:2])[0], 2, []
        for _ in range(count):
            length = struct.unpack("!i", body[at:at + 4])[0]
            at += 4
            if length < 0:
                row.append(None)
            else:
                row.append(body[at:at + length].decode())
                at += length
        return row

    @staticmethod
    def _text(body):
        fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
        detail = f" ({fields[b'D']})" if b"D" in fields else ""
        return fields.get(b"M", "") + detail


def statements(sql):
    """The statements of a text, one by one, as psql would send them."""
    found, start, at, depth = [], 0, 0, 0

    def after(what, since):
        place = sql.find(what, since)
        return len(sql) if place < 0 else place + len(what)

    while at < len(sql):
        rest = sql[at:]
        if rest.startswith("--"):
            at = after("\n", at)
            continue
        if rest.startswith("/*"):
            at = after("*/", at)
            continue
        if rest[0] in "'\"":
            at = after(rest[0], at + 1)
            continue
        if rest[0] == "$":
            tag = rest[:rest.find("$", 1) + 1]
            if len(tag) > 1 and tag[1:-1].replace("_", "").isalnum() or tag == "$$":
                at = after(tag, at + len(tag))
                continue
        depth += {"(": 1, ")": -1}.get(rest[0], 0)
        if rest[0] == ";" and depth == 0:
            found.append(sql[start:at])
            start = at + 1
        at += 1
    found.append(sql[start:])
    bare = lambda one: "\n".join(line for line in one.splitlines() if not line.strip().startswith("--")).strip()
    return [bare(one) for one in found if bare(one)]
