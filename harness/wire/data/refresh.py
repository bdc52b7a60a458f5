#!/usr/bin/env python3
"""Takes AWS's service models from the PyPI package `botocore` and slims them.

    python3 harness/wire/data/refresh.py              # the newest release
    python3 harness/wire/data/refresh.py WHEEL        # a wheel that is already there

Writes, beside itself, one `SERVICE.json.gz` a service, `DATE` (the day the release was built) and
`VERSION`. The same wheel gives the same bytes. What stays of a model has botocore's own names; what goes
is everything that isn't about the wire: documentation, endpoints, examples, unreachable shapes.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent

MODELS = {
    "cloudfront": "2020-05-31",
    "iam": "2010-05-08",
    "iam-toolbox": "2018-05-10",
    "organizations": "2016-11-28",
    "s3": "2006-03-01",
    "sts": "2011-06-15",
}

METADATA = {
    "apiVersion", "endpointPrefix", "jsonVersion", "protocol", "serviceFullName", "serviceId",
    "signingName", "targetPrefix", "xmlNamespace",
}
OPERATION = {"http", "input", "output", "errors", "authtype", "httpChecksum", "deprecated", "endpoint"}
SHAPE = {
    "type", "required", "members", "member", "key", "value", "min", "max", "pattern", "enum", "sensitive",
    "flattened", "payload", "error", "fault", "timestampFormat", "xmlNamespace", "locationName", "union",
    "eventstream", "event", "document",
}
MEMBER = {
    "shape", "location", "locationName", "flattened", "xmlNamespace", "xmlAttribute", "streaming",
    "deprecated", "idempotencyToken", "hostLabel", "eventpayload", "timestampFormat",
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        wheel = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else download(folder)
        with zipfile.ZipFile(wheel) as archive:
            for service, version in MODELS.items():
                path = f"botocore/data/{service}/{version}/service-2.json.gz"
                model = json.loads(gzip.decompress(archive.read(path)))
                write(service, slim(model))
            (HERE / "DATE").write_text("%04d-%02d-%02d\n" % archive.getinfo(path).date_time[:3])
    (HERE / "VERSION").write_text(wheel.name.split("-")[1] + "\n")


def download(folder):
    pip = [sys.executable, "-m", "pip", "download", "botocore", "--no-deps", "--quiet", "--dest", folder]
    subprocess.run(pip, check=True)
    return next(pathlib.Path(folder).glob("botocore-*.whl"))


def slim(model):
    metadata = only(model["metadata"], METADATA)
    metadata.setdefault("xmlNamespace", namespace(model))
    operations = {}
    for name, operation in model["operations"].items():
        kept = only(operation, OPERATION)
        kept["errors"] = [error["shape"] for error in kept.get("errors", [])]
        operations[name] = kept
    shapes = {name: slim_shape(model["shapes"][name]) for name in sorted(reachable(model))}
    return {"metadata": metadata, "operations": operations, "shapes": shapes}


def slim_shape(shape):
    kept = only(shape, SHAPE)
    for part in ("member", "key", "value"):
        if part in kept:
            kept[part] = only(kept[part], MEMBER)
    if "members" in kept:
        kept["members"] = {name: only(member, MEMBER) for name, member in kept["members"].items()}
    return kept


def namespace(model):
    """The namespace of a service whose model names it only on members and inputs."""
    found = [operation["input"] for operation in model["operations"].values() if "input" in operation]
    found += [member for shape in model["shapes"].values() for member in shape.get("members", {}).values()]
    uris = {part["xmlNamespace"]["uri"] for part in found if "xmlNamespace" in part}
    return uris.pop() if len(uris) == 1 else None


def reachable(model):
    names = set()
    waiting = []
    for operation in model["operations"].values():
        waiting += [operation[side]["shape"] for side in ("input", "output") if side in operation]
        waiting += [error["shape"] for error in operation.get("errors", [])]
    while waiting:
        name = waiting.pop()
        if name in names:
            continue
        names.add(name)
        shape = model["shapes"][name]
        parts = list(shape.get("members", {}).values())
        parts += [shape[part] for part in ("member", "key", "value") if part in shape]
        waiting += [part["shape"] for part in parts]
    return names


def only(mapping, keys):
    return {key: value for key, value in mapping.items() if key in keys}


def write(service, model):
    text = json.dumps(model, separators=(",", ":"), ensure_ascii=False)
    (HERE / f"{service}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
