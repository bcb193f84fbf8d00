#!/usr/bin/env python3
"""A real PostgreSQL on loopback, for tests: Debian's package, own data folder, own port, gone when the program ends.

    python3 tests/servers/postgres.py            starts one, prints its connection string, stops at Ctrl-C or end of input
    python3 tests/servers/postgres.py psql ...   starts one, runs the command with PGHOST, PGPORT, PGUSER, PGDATABASE set, stops

The server never runs as root: a root who calls this lends it the user `postgres`, which the package makes.
"""
import atexit, ctypes, glob, os, pwd, shutil, signal, socket, subprocess, sys, tempfile, time

import wire


class Unavailable(Exception):
    """The server cannot be had on this machine: no package manager, or it has no package."""


def programs():
    """The folder of the newest server's programs, or None."""
    found = [path for path in glob.glob("/usr/lib/postgresql/*/bin") if os.path.exists(f"{path}/initdb")]
    return max(found, key=lambda path: int(path.split("/")[4]), default=None)


def apt(*packages):
    """Installs Debian packages; says which could not be had."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"{' '.join(packages)} is not installed, and apt-get cannot be used by this user")
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "update", "-qq"], env=environment, **quiet)
    # Nothing that a package brings is started: the tests start their own server.
    policy, own = "/usr/sbin/policy-rc.d", False
    if not os.path.exists(policy):
        with open(policy, "w") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
        own = True
    try:
        done = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=environment, **quiet)
    finally:
        if own:
            os.remove(policy)
    if done.returncode != 0:
        raise Unavailable(f"apt-get install {' '.join(packages)}: {(done.stderr or '').strip()[-300:]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def lender(name):
    """How a child process becomes another user where this one is root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(name)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def dies_with_us():
    """In the child: it is told to stop when this program is killed without a chance to say so."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


class Scratch:
    """A folder that another user can write, gone at the end."""

    def __init__(self, user):
        self.path = tempfile.mkdtemp(prefix="backend-lint-server-")
        if os.geteuid() == 0:
            shutil.chown(self.path, user, user)
        os.chmod(self.path, 0o700)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Postgres:
    """A running server. `connect()` opens a session."""

    def __init__(self):
        if programs() is None:
            apt("postgresql", "postgresql-client")
        folder = programs()
        if folder is None:
            raise Unavailable("the package postgresql brought no server")
        self.process = None
        self.scratch = Scratch("postgres")
        atexit.register(self.stop)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        data, who = f"{self.scratch.path}/data", lender("postgres")
        made = subprocess.run(
            [f"{folder}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **who,
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}")
        self.port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.scratch.path,
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
            "jit": "off", "max_connections": 30, "timezone": "Europe/Paris", "logging_collector": "off",
        }
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.log = open(f"{self.scratch.path}/log", "w+")
        self.process = subprocess.Popen(
            [f"{folder}/postgres", "-D", data, *arguments], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            cwd="/", start_new_session=True, preexec_fn=dies_with_us, **who,
        )
        for _ in range(300):
            try:
                with self.connect() as session:
                    self.version = session.value("SHOW server_version").split()[0]
                    return
            except (OSError, wire.Refused):
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.log.seek(0)
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read()}")

    @property
    def major(self):
        return int(self.version.split(".")[0])

    def connect(self, database="postgres", **settings):
        return wire.Session(self.port, database, **settings)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.scratch.remove()


def main():
    server = Postgres()
    if len(sys.argv) > 1:
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "postgres", "PGDATABASE": "postgres"}
        sys.exit(subprocess.call(sys.argv[1:], env=dict(os.environ, **place)))
    print(f"PostgreSQL {server.version}: psql postgresql://postgres@127.0.0.1:{server.port}/postgres", flush=True)
    try:
        sys.stdin.read() if not sys.stdin.isatty() else signal.pause()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    try:
        main()
    except Unavailable as why:
        sys.exit(f"skipped: {why}")
