"""Every operation of the mock's table with boto3: refused to one user, answered to another.

    AWS_SHARED_CREDENTIALS_FILE=FILE operations.py ENDPOINT FOLDER

FOLDER has the table. Prints each operation whose refusal isn't AWS's, or whose answer boto3 can't read.
"""

import base64
import hmac
import json
import pathlib
import re
import struct
import sys
import time
import urllib.request

import boto3
import botocore.config
import botocore.exceptions


def clients(endpoint, profile):
    """The services' clients of a user, made when they are first asked for."""
    session = boto3.Session(profile_name=profile, region_name="us-east-1")
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    made = {}

    def client(service):
        if service not in made:
            made[service] = session.client(service, endpoint_url=endpoint, config=config)
        return made[service]

    return client


def call(client, row, parameters):
    """Calls a row's operation by the name that boto3 has for it."""
    service, operation = row["call"].split(":")
    methods = client(service).meta.method_to_api_mapping
    method = next(name for name, api in methods.items() if api == operation)
    return getattr(client(service), method)(**parameters)


def fill(value, known):
    """A value with what it refers to in its place."""
    if isinstance(value, dict):
        return {name: fill(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [fill(element, known) for element in value]
    if isinstance(value, str) and value.startswith("${"):
        return known[value[2:-1]]
    if isinstance(value, str):
        return re.sub(r"\$\{([^}]+)\}", lambda name: known[name[1]], value)
    return value


def member(answer, path):
    for name in path.split("."):
        answer = answer[int(name)] if name.isdigit() else answer[name]
    return answer


def code(seed, step):
    """RFC 6238."""
    digest = hmac.digest(seed, struct.pack(">q", step), "sha1")
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def keep(answer, row, known):
    for name, path in row.get("keep", {}).items():
        value = member(answer, path)
        if name == "seed":
            seed, step = base64.b32decode(value), int(time.time()) // 30
            known["code before"], known["code now"] = code(seed, step - 1), code(seed, step)
        known[name] = value


def refusal(row, resource):
    action = row.get("action", row["call"])
    return (
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: "
        f"{action} on resource: {resource} because no identity-based policy allows the {action} action"
    )


def check(ann, admin, guest, row, known):
    """What is wrong with a row; nothing if all is well."""
    parameters = fill(row["with"], known)
    on = fill(row["on"], known)
    if on != "*" and not on.startswith("arn:"):
        on = f"arn:aws:iam::123456789012:{on}"
    try:
        call(ann, row, parameters)
        return "a user without permissions was not refused"
    except botocore.exceptions.ClientError as error:
        told = error.response["Error"]["Message"]
        if not error.response["Error"]["Code"].startswith("AccessDenied") or told != refusal(row, on):
            return f"refused in other words: {error}"
    try:
        keep(call(guest if row.get("by") == "guest" else admin, row, parameters), row, known)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        return f"not answered: {error}"


def main(endpoint, folder):
    folder = pathlib.Path(folder)
    table = json.loads((folder / "operations.json").read_text())
    known = table["known"] | {"metadata": (folder / "metadata.xml").read_text()}
    ann, admin, guest = (clients(endpoint, name) for name in ("ann", "admin", "guest"))
    wrong = 0
    for row in table["rows"]:
        if row.get("after") == "wait":
            url = f"{endpoint}/_rolecall/clock"
            urllib.request.urlopen(url, data=b'{"advance": "1m"}').close()
        problem = check(ann, admin, guest, row, known)
        if problem:
            wrong += 1
            print(f"{row['call']}: {problem}")
    print(f"{len(table['rows'])} operations, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
