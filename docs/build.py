#!/usr/bin/env python3
"""The documentation as a book: the guides, and a page for each rule, which is the page that the tests execute.

    python3 docs/build.py FOLDER

Writes the sources of an mdbook into FOLDER and, where `mdbook` is on the PATH, renders them into FOLDER/book.
"""
import glob, os, re, shutil, subprocess, sys

DOCS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(DOCS)
REPOSITORY = "https://github.com/backend-lint/backend-lint/blob/main/"
GUIDES = ["start", "ci", "pre-commit", "monorepo", "suppressing"]

# What a group is about, in the order of the book; a group that is not here comes last, by its name.
GROUPS = {
    "contract": "API against schema", "pagination": "Pagination", "errors": "Errors", "idempotency": "Idempotency", "status": "Status codes",
    "operations": "Operations", "paths": "Paths", "schemas": "API schemas", "refs": "References", "versioning": "Versions",
    "security": "Security", "rate-limit": "Rate limits", "naming": "Names", "migrations": "Migrations", "schema": "Database schema",
    "indexes": "Indexes", "queries": "Queries", "timeouts": "Timeouts", "retries": "Retries", "pools": "Pools", "health": "Health checks",
    "shutdown": "Shutdown", "cache": "Caches", "queues": "Queues", "observability": "Observability", "slo": "Objectives",
    "secrets": "Secrets", "tls": "TLS", "exposure": "Exposure", "topology": "Topology", "config": "Configuration file",
    "suppressions": "Suppressions", "internal": "Internal",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def front_matter(text, path):
    """The keys between the first two `---` lines: words, `[lists]`, and lists of one entry a line."""
    parts = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not parts:
        sys.exit(f"{path}: no front matter")
    facts, key = {}, None
    for line in parts[1].splitlines():
        if item := re.match(r"\s+- (.*)", line):
            facts[key].append(item[1].strip("\"'"))
        elif pair := re.match(r"([a-z_]+):\s*(.*)", line):
            key, value = pair[1], pair[2].strip()
            inline = re.fullmatch(r"\[(.*)\]", value)
            facts[key] = [one.strip(" \"'") for one in inline[1].split(",") if one.strip()] if inline else (value or [])
    return facts, parts[2].strip() + "\n"


def rule(path):
    id = os.path.relpath(path, os.path.join(ROOT, "rules"))[:-3].replace(os.sep, "/")
    facts, body = front_matter(read(path), path)
    title = re.search(r"^# (.*)$", body, re.MULTILINE)[1]
    needs = ", ".join(facts.get("needs", [])) or "nothing"
    said = [f"`{id}`", f"at most {facts['severity']}", f"{facts['confidence']} confidence", f"needs {needs}"]
    if facts.get("opt_in") == "true":
        said.append("off unless it is selected")
    said.append(f"since {facts['since']}")
    body = re.sub(r"^# .*$", lambda heading: heading[0] + "\n\n" + " · ".join(said), body, count=1, flags=re.MULTILINE)
    if facts.get("equivalents"):
        body += "\n## In other tools\n" + "".join(f"- `{one}`\n" for one in facts["equivalents"])
    if facts.get("references"):
        body += "\n## References\n" + "".join(f"- <{one}>\n" for one in facts["references"])
    return {"id": id, "group": id.split("/")[0], "title": title, "facts": facts, "body": body}


def index(rules):
    about = "Each page says why, shows bad and good, and says when to ignore it; the pages are executed as tests."
    out = ["# The rules\n", f"{len(rules)} rules. {about}\n"]
    for group, members in grouped(rules):
        out += [f"## {GROUPS.get(group, group)}\n", "| rule | what it finds | at most |", "|---|---|---|"]
        for one in members:
            off = " (off unless selected)" if one["facts"].get("opt_in") == "true" else ""
            out.append(f"| [`{one['id']}`]({one['id']}.md) | {one['title']} | {one['facts']['severity']}{off} |")
        out.append("")
    return "\n".join(out)


def grouped(rules):
    order = list(GROUPS)
    groups = sorted({one["group"] for one in rules}, key=lambda group: (order.index(group) if group in order else len(order), group))
    return [(group, [one for one in rules if one["group"] == group]) for group in groups]


def guide(name):
    """A guide with its links as they are within the book: rule pages beside it, other files where the project is published."""
    text = read(os.path.join(DOCS, "guides", name + ".md"))
    text = re.sub(r"<!-- transcript: .* -->\n", "", text)
    text = text.replace("](../../rules/README.md)", f"]({REPOSITORY}rules/README.md)").replace("](../../rules/", "](rules/")
    return re.sub(r"\]\(\.\./\.\./", f"]({REPOSITORY}", text)


def main(folder):
    shutil.rmtree(os.path.join(folder, "src"), ignore_errors=True)
    paths = sorted(path for path in glob.glob(os.path.join(ROOT, "rules", "*", "*.md")))
    rules = [rule(path) for path in paths]
    summary = ["# Summary\n"]
    for name in GUIDES:
        text = guide(name)
        write(os.path.join(folder, "src", name + ".md"), text)
        summary.append(f"- [{text.splitlines()[0].removeprefix('# ')}]({name}.md)")
    summary.append("- [The rules](rules/index.md)")
    write(os.path.join(folder, "src", "rules", "index.md"), index(rules))
    for _, members in grouped(rules):
        for one in members:
            write(os.path.join(folder, "src", "rules", one["id"] + ".md"), one["body"])
            summary.append(f"  - [{one['id']}](rules/{one['id']}.md)")
    write(os.path.join(folder, "src", "SUMMARY.md"), "\n".join(summary) + "\n")
    shutil.copy(os.path.join(DOCS, "book.toml"), folder)
    print(f"{len(GUIDES)} guides and {len(rules)} rules in {os.path.join(folder, 'src')}")
    if not shutil.which("mdbook"):
        print("not rendered: no mdbook on the PATH")
        return 0
    return subprocess.run(["mdbook", "build", folder]).returncode


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
