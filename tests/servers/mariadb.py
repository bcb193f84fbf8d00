#!/usr/bin/env python3
"""Holds what we say of MariaDB's ALTER TABLE against a real MariaDB: the algorithm, and whether writers wait.

    python3 tests/servers/mariadb.py BINARY [-v]

A server of Debian's package is started without a network, on a socket in a folder of its own, as a user that is not root. MariaDB is
asked for the least algorithm first (INSTANT, NOCOPY, INPLACE, COPY), and for LOCK=NONE with the one that it takes.
"""
import atexit, os, shutil, subprocess, sys, tempfile, time

import postgres, replayed

HERE = os.path.dirname(os.path.abspath(__file__))


class MariaDb:
    """A running server."""

    def __init__(self):
        if not (shutil.which("mariadbd") or os.path.exists("/usr/sbin/mariadbd")):
            postgres.apt("mariadb-server")
        self.process, self.scratch = None, postgres.Scratch("mysql")
        atexit.register(self.stop)
        data, who = f"{self.scratch.path}/data", postgres.lender("mysql")
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **who,
        )
        if made.returncode != 0:
            raise RuntimeError(f"mariadb-install-db failed:\n{made.stdout[-2000:]}")
        self.socket = f"{self.scratch.path}/socket"
        self.log = open(f"{self.scratch.path}/log", "w+")
        self.process = subprocess.Popen(
            [shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", "--skip-networking",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", f"--pid-file={self.scratch.path}/pid", f"--tmpdir={self.scratch.path}", "--skip-log-bin"],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, preexec_fn=postgres.dies_with_us, **who,
        )
        for _ in range(300):
            if self.run("SELECT 1", None)[0]:
                self.version = self.run("SELECT version()", None)[1].strip()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"MariaDB does not start:\n{self.log.read()[-2000:]}")

    def run(self, sql, database="shop"):
        """Whether it works, and what is said."""
        command = ["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot", "-N", "-B", *([database] if database else [])]
        done = subprocess.run(command, input=sql, capture_output=True, text=True)
        return done.returncode == 0, done.stdout if done.returncode == 0 else done.stderr.strip()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.scratch.remove()


SETUP = """
CREATE TABLE parent (id bigint PRIMARY KEY, label varchar(40)) ENGINE=InnoDB;
CREATE TABLE keyless (a int, b int) ENGINE=InnoDB;
CREATE TABLE t (id bigint PRIMARY KEY, a int, b varchar(40), c varchar(300), e enum('x','y'), required int NOT NULL, body text, place point NOT NULL,
  parent_id bigint, n decimal(10,2), dflt int DEFAULT 5, CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id), CONSTRAINT positive CHECK (a > 0),
  KEY t_a (a)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO parent VALUES (1, 'p');
INSERT INTO t (id, a, b, c, e, required, body, place, parent_id, n) VALUES (1, 1, 'b', 'c', 'x', 1, 'text', POINT(1, 1), 1, 1.5);
"""

CASES = [
    "ALTER TABLE t ADD COLUMN x int",
    "ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 5",
    "ALTER TABLE t ADD COLUMN x int FIRST",
    "ALTER TABLE t ADD COLUMN x varchar(36) DEFAULT (uuid())",
    "ALTER TABLE keyless ADD COLUMN x bigint NOT NULL AUTO_INCREMENT UNIQUE",
    "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a * 2) STORED",
    "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a * 2) VIRTUAL",
    "ALTER TABLE t DROP COLUMN body",
    "ALTER TABLE t RENAME COLUMN b TO z",
    "ALTER TABLE t CHANGE b z varchar(40)",
    "ALTER TABLE t MODIFY a bigint",
    "ALTER TABLE t MODIFY b varchar(60)",
    "ALTER TABLE t MODIFY b varchar(200)",
    "ALTER TABLE t MODIFY c varchar(400)",
    "ALTER TABLE t MODIFY b varchar(20)",
    "ALTER TABLE t MODIFY body mediumtext",
    "ALTER TABLE t MODIFY n decimal(12,2)",
    "ALTER TABLE t MODIFY e enum('x','y','z')",
    "ALTER TABLE t MODIFY e enum('z','x','y')",
    "ALTER TABLE t MODIFY e enum('x')",
    "ALTER TABLE t MODIFY b varchar(40) NOT NULL",
    "ALTER TABLE t MODIFY required int",
    "ALTER TABLE t MODIFY required int NOT NULL DEFAULT 7",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1",
    "ALTER TABLE t ALTER COLUMN dflt DROP DEFAULT",
    "ALTER TABLE t ADD INDEX i (b)",
    "ALTER TABLE t ADD UNIQUE INDEX i (b)",
    "ALTER TABLE t ADD CONSTRAINT u UNIQUE (b)",
    "ALTER TABLE t ADD FULLTEXT INDEX i (body)",
    "ALTER TABLE t ADD SPATIAL INDEX i (place)",
    "ALTER TABLE t DROP INDEX t_a",
    "ALTER TABLE t RENAME INDEX t_a TO z",
    "ALTER TABLE keyless ADD PRIMARY KEY (a)",
    "ALTER TABLE t DROP PRIMARY KEY",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES parent (id)",
    "SET foreign_key_checks = 0; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES parent (id)",
    "ALTER TABLE t DROP FOREIGN KEY fk",
    "ALTER TABLE t ADD CONSTRAINT k CHECK (a < 100)",
    "ALTER TABLE t DROP CONSTRAINT positive",
    "ALTER TABLE t RENAME TO z",
    "ALTER TABLE t CONVERT TO CHARACTER SET latin1",
    "ALTER TABLE t ADD COLUMN x int, ADD INDEX i (b)",
]


def measure(server, case):
    """The algorithm, whether rows are written anew, and whether writers wait."""
    def works(clauses):
        fresh = f"DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; USE shop; {SETUP}"
        return server.run(f"{fresh} {case}, {clauses};" if clauses else f"{fresh} {case};", None)
    done, why = works("")
    if not done:
        return None, None, None, why
    for algorithm in ("INSTANT", "NOCOPY", "INPLACE", "COPY"):
        if works(f"ALGORITHM={algorithm}")[0]:
            waits = algorithm == "COPY" or not works(f"ALGORITHM={algorithm}, LOCK=NONE")[0]
            name = "INPLACE" if algorithm == "NOCOPY" else algorithm
            if " RENAME TO " in case:
                waits = None
            return name, algorithm in ("INPLACE", "COPY"), waits, None
    return None, None, None, "no algorithm"


def predict(binary):
    """What the model says of each case."""
    settings = '[migrations]\ndialect = "mysql"\n[versions]\nmariadb = "10"\n'
    found = replayed.replay(binary, [[SETUP, case] for case in CASES], settings)
    return [[one for one in statements if one["path"].endswith("000002_step.up.sql")] for _, statements in found]


def run(binary, server, verbose=False):
    wrong = unknown = 0
    for case, said in zip(CASES, predict(binary)):
        algorithm, rebuilds, waits, why = measure(server, case)
        last = said[-1]
        name = last["algorithm"]
        mine = (name, None if last["rewrites"] is None else bool(last["rewrites"]), None if last["blocks_writes"] is None else bool(last["blocks_writes"]))
        differs = [f"{what}: {theirs}, not {ours}" for what, theirs, ours in zip(("algorithm", "rebuild", "writers wait"), (algorithm, rebuilds, waits), mine) if None not in (ours, theirs) and theirs != ours]
        unknown += None in mine
        if why:
            print(f"{case}: does not run: {why}")
        wrong += bool(differs or why)
        if differs or verbose:
            print(f"{'' if differs else 'ok '}{case}: {'; '.join(differs) or (algorithm, rebuilds, waits)}" + (f"   (we: {mine})" if None in mine else ""))
    print(f"MariaDB {server.version}: {len(CASES)} statements, {wrong} wrong, {unknown} not known in part")
    return wrong


if __name__ == "__main__":
    try:
        sys.exit(1 if run(os.path.abspath(sys.argv[1]), MariaDb(), "-v" in sys.argv) else 0)
    except postgres.Unavailable as why:
        sys.exit(f"skipped: {why}")
