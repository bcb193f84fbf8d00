"""What `BINARY model` makes of many histories at once: the replay that the real servers are held against."""
import json, os, shutil, subprocess, tempfile


def replay(binary, histories, settings):
    """Each history is a list of migrations; `settings` is the text of `backend-lint.toml`. By history: its database and its statements."""
    folder = tempfile.mkdtemp(prefix="backend-lint-replay-")
    try:
        for number, migrations in enumerate(histories):
            place = f"{folder}/s{number:05}/migrations"
            os.makedirs(place)
            for order, text in enumerate(migrations):
                with open(f"{place}/{order + 1:06}_step.up.sql", "w") as file:
                    file.write(text.rstrip().rstrip(";") + ";\n")
        with open(f"{folder}/backend-lint.toml", "w") as file:
            file.write(settings)
        done = subprocess.run([binary, "model", folder, "--format", "json"], capture_output=True, text=True)
        if not done.stdout.startswith("{"):
            raise RuntimeError(f"model failed: {done.stderr[-2000:]}")
        model = json.loads(done.stdout)
    finally:
        shutil.rmtree(folder)
    number = lambda path: int(path[1:6])
    found = [({"tables": [], "enums": [], "views": [], "unknown": []}, []) for _ in histories]
    for database in model["databases"]:
        at = number(database["source"])
        found[at] = (database, found[at][1])
    for statement in model["statements"]:
        found[number(statement["path"])][1].append(statement)
    return found
