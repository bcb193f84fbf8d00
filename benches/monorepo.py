#!/usr/bin/env python3
"""monorepo FOLDER [FILES]: writes a git repository of 40 services and FILES files (200,000 unless told), the same bytes each time.

Every service has an OpenAPI document, 30 migrations with their way back, query files, a compose file, a proxy and an .env file; the
rest is what a monorepo is made of: source code, manifests, fixtures. It holds old findings, as repositories do. On the branch
`feature` one more migration and one more operation are committed, and another migration is staged.
"""
import os
import subprocess
import sys

SERVICES = 40
NOUNS = ["order", "invoice", "customer", "shipment", "refund", "product", "coupon", "review", "ticket", "account"]


def migrations(service):
    """(path, text) of 30 migrations: tables, then columns and indexes."""
    for number in range(30):
        noun = NOUNS[number % 10]
        table = f"{noun}s"
        if number < 10:
            before = f"{NOUNS[number - 1]}s"
            reference = f"    {NOUNS[number - 1]}_id bigint NOT NULL REFERENCES {before} (id) ON DELETE CASCADE,\n" if number else ""
            up = (f"CREATE TABLE {table} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n{reference}"
                  "    name varchar(80) NOT NULL,\n    status varchar(20) NOT NULL DEFAULT 'open',\n"
                  "    created_at timestamptz NOT NULL DEFAULT now()\n);\n")
            down = f"DROP TABLE {table};\n"
        elif number < 20:
            up = f"ALTER TABLE {table} ADD COLUMN note_{service} text;\n"
            down = f"ALTER TABLE {table} DROP COLUMN note_{service};\n"
        else:
            up = f"CREATE INDEX {table}_created_at_idx ON {table} (created_at);\n"
            down = f"DROP INDEX {table}_created_at_idx;\n"
        name = f"db/migrations/{number + 1:06}_{table}_{number // 10}"
        yield f"{name}.up.sql", up
        yield f"{name}.down.sql", down


def operation(noun):
    page = ("[{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}, "
            "{name: cursor, in: query, schema: {type: string}}]")
    body = f"content: {{application/json: {{schema: {{type: array, items: {{$ref: '#/components/schemas/{noun.title()}'}}}}}}}}"
    return (f"  /{noun}s:\n    get:\n      operationId: list{noun.title()}s\n      parameters: {page}\n"
            f"      responses:\n        '200': {{description: the {noun}s, {body}}}\n        '400': {{description: bad request}}\n")


def document(nouns):
    schema = "    {}:\n      type: object\n      properties:\n        id: {{type: integer, format: int64}}\n        name: {{type: string, maxLength: 80}}\n        status: {{type: string, maxLength: 20}}\n"
    return ("openapi: 3.0.3\ninfo: {title: service, version: '1'}\npaths:\n" + "".join(map(operation, nouns))
            + "components:\n  schemas:\n" + "".join(schema.format(noun.title()) for noun in nouns))


def service_files(service):
    yield "api/openapi.yaml", document(NOUNS)
    yield from migrations(service)
    for noun in NOUNS:
        yield f"db/queries/{noun}s.sql", (
            f"-- name: Get{noun.title()} :one\nSELECT id, name, status FROM {noun}s WHERE id = $1;\n\n"
            f"-- name: List{noun.title()}s :many\nSELECT id, name FROM {noun}s WHERE status = $1 ORDER BY created_at LIMIT $2;\n")
    yield "sqlc.yaml", "version: '2'\nsql:\n  - engine: postgresql\n    schema: db/migrations\n    queries: db/queries\n"
    yield "docker-compose.yml", (
        f"services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: postgres://app@db:5432/s{service}\n"
        "    depends_on: [db]\n  db:\n    image: postgres:15\n")
    yield "deploy/nginx.conf", "http {\n  server {\n    listen 80;\n    location / { proxy_pass http://api:8080; }\n  }\n}\n"
    yield ".env.example", f"DATABASE_URL=postgres://app@db:5432/s{service}\nPORT=8080\n"


def filler(service, number):
    """(path, text) of a file that is none of the linter's, or that only its content tells to be none."""
    package, inside = divmod(number, 18)
    group, package = divmod(package, 12)
    folder = f"internal/group{group:02}/package{package:02}"
    if number % 25 == 0:
        return f"{folder}/manifest{inside:02}.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{service}-{number}}}\ndata: {{key: value}}\n"
    if number % 25 == 1:
        return f"{folder}/fixture{inside:02}.json", f'{{"service": {service}, "number": {number}, "items": [1, 2, 3]}}\n'
    if number % 25 == 2:
        return f"{folder}/README{inside:02}.md", f"# Package {number}\n\nWhat it is for.\n"
    kind = [("go", "package p\n\n"), ("ts", "export const a = 1;\n"), ("py", "import os\n")][number % 3]
    line = f"// function {number} of service {service} does one thing\n"
    return f"{folder}/file{inside:02}.{kind[0]}", kind[1] + line * (4 + number % 9)


def all_files(count):
    yield ".gitignore", "node_modules/\n*.log\nbuild/\n"
    yield "go.mod", "module example.com/mono\n"
    for service in range(SERVICES):
        files = list(service_files(service))
        wanted = count // SERVICES - len(files)
        files += [filler(service, number) for number in range(wanted)]
        for path, text in files:
            yield f"services/service{service:02}/{path}", text


def commit(out, branch, number, files):
    """One commit in the language of `git fast-import`."""
    out.write(f"commit refs/heads/{branch}\ncommitter a <a@b.c> {1700000000 + number} +0000\ndata 8\na change\n".encode())
    if number:
        out.write(b"from refs/heads/main\n")
    for path, text in files:
        data = text.encode()
        out.write(f"M 644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")


def main():
    folder = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    os.makedirs(folder)

    def git(*words, **more):
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        return subprocess.run(["git", "-C", folder, *words], check=True, env=environment, **more)

    git("-c", "init.defaultBranch=main", "init", "-q")
    importing = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    commit(importing.stdin, "main", 0, all_files(count))
    change = [
        ("services/service07/db/migrations/000031_orders_3.up.sql", "ALTER TABLE orders ADD COLUMN total bigint;\n"),
        ("services/service07/db/migrations/000031_orders_3.down.sql", "ALTER TABLE orders DROP COLUMN total;\n"),
        ("services/service07/api/openapi.yaml", document([*NOUNS, "parcel"])),
    ]
    commit(importing.stdin, "feature", 1, change)
    importing.stdin.close()
    if importing.wait():
        sys.exit("git fast-import failed")
    git("checkout", "-q", "feature")
    staged = os.path.join(folder, "services/service09/db/migrations/000031_orders_3.up.sql")
    with open(staged, "w", encoding="utf-8") as out:
        out.write("CREATE INDEX orders_status_idx ON orders (status);\n")
    git("add", "-A")


if __name__ == "__main__":
    main()
