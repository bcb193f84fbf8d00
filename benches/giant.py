#!/usr/bin/env python3
"""Writes an OpenAPI document in JSON with every reference written out, as clients that follow none are given: giant.py INPUT OUTPUT.

What refers to itself stays a reference; the components that such references need are left.
"""
import json
import sys


def main(source, target):
    with open(source, encoding="utf-8") as file:
        document = json.load(file)
    stays, open_references = set(), []

    def lookup(reference):
        value = document
        for token in reference[2:].split("/"):
            value = value[token.replace("~1", "/").replace("~0", "~")]
        return value

    def written_out(value):
        if isinstance(value, list):
            return [written_out(item) for item in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if not (isinstance(reference, str) and reference.startswith("#/")):
            return {key: written_out(inner) for key, inner in value.items()}
        if reference in open_references:
            stays.add(reference)
            return value
        open_references.append(reference)
        found = written_out(lookup(reference))
        open_references.pop()
        return found

    result = {key: written_out(value) for key, value in document.items() if key != "components"}
    kept = {"securitySchemes": document.get("components", {}).get("securitySchemes", {})}
    done, wanted = set(), sorted(stays)
    while wanted:
        reference = wanted.pop()
        if reference in done:
            continue
        done.add(reference)
        _, _, section, name = reference.split("/", 3)
        value = lookup(reference)
        kept.setdefault(section, {})[name.replace("~1", "/").replace("~0", "~")] = value
        wanted += [part.split('"')[0] for part in json.dumps(value).split('"$ref": "')[1:] if part.startswith("#/components/")]
    result["components"] = kept
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
