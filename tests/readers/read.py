"""Reads what rolecall writes with other people's libraries.

    read.py json SCHEMA FILE          a JSON report against its schema, a line at a time
    read.py junit SCHEMA FILE T F E   JUnit XML against Jenkins's schema; tests, failures and errors in it
    read.py scenarios SCHEMA FILE…    scenarios against the language's schema
"""

import json
import sys

import jsonschema


def fail(sentence):
    sys.exit(sentence)


def validator(path):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    return cls(schema)


def mistakes(of, value):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in of.iter_errors(value)]


def read_json(schema, path):
    of = validator(schema)
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    found = [f"line {number}: {mistake}" for number, event in enumerate(events, 1) for mistake in mistakes(of, event)]
    if found:
        fail("\n".join(found))
    kinds = [event["event"] for event in events]
    if kinds[0] != "started" or kinds[-1] != "finished" or set(kinds[1:-1]) != {"test"}:
        fail(f"events in the order {kinds}")
    for broken in ({"event": "test"}, {"event": "unknown"}, dict(events[0], version="1")):
        if not mistakes(of, broken):
            fail(f"the schema takes {broken}")
    print(f"{len(events)} events")


def read_junit(schema, path, tests, failures, errors):
    import junitparser
    import xmlschema

    found = [error.reason for error in xmlschema.XMLSchema(schema).iter_errors(path)]
    if found:
        fail("\n".join(map(str, found)))
    xml = junitparser.JUnitXml.fromfile(path)
    read = (xml.tests, xml.failures, xml.errors)
    if read != (int(tests), int(failures), int(errors)):
        fail(f"read {read}")
    cases = [case for suite in xml for case in suite]
    if len(cases) != xml.tests or not all(case.classname and case.name for case in cases):
        fail(f"{len(cases)} cases, or some without a name")
    print(f"{len(cases)} cases")


def read_scenarios(schema, paths):
    from ruamel.yaml import YAML

    of = validator(schema)
    yaml = YAML(typ="safe", pure=True)
    # As JSON has them, and YAML 1.2's core schema: times are texts.
    yaml.Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    found = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            found += [f"{path}: {mistake}" for mistake in mistakes(of, yaml.load(file))]
    if found:
        fail("\n".join(found))
    print(f"{len(paths)} scenarios")


kind, schema, *rest = sys.argv[1:]
if kind == "json":
    read_json(schema, *rest)
elif kind == "junit":
    read_junit(schema, *rest)
else:
    read_scenarios(schema, rest)
