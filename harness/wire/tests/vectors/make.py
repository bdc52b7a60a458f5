#!/usr/bin/env python3
"""Writes the signed requests that the tests verify. Run once; its output is committed.

    python3 make.py SUITE      # the folder of AWS's signing test suite (as in the crate aws-sigv4)

`suite.txt` and `suite-v4a.txt` hold the suite's signed requests, header and query; `botocore.txt` requests that botocore signed (the
package of the same name, version 1.43.11).
"""

import datetime
import json
import pathlib
import sys
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials

HERE = pathlib.Path(__file__).resolve().parent
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def suite(folder):
    blocks = []
    for case in sorted(pathlib.Path(folder).iterdir()):
        context = case / "context.json"
        # Without normalization only S3 signs, and it doesn't encode twice: see the unit test of canonical paths.
        if not context.exists() or not json.loads(context.read_text())["normalize"]:
            continue
        for kind in ("header", "query"):
            text = (case / f"{kind}-signed-request.txt").read_text().rstrip("\n")
            settings = json.loads(context.read_text())
            blocks.append((f"{case.name} {kind}", settings["service"], settings["region"], text))
    return blocks


def botocore_requests():
    token = "FwoGZXIvYXdzEXAMPLE//wEaDN+ab/c="
    plain = botocore.credentials.Credentials("AKIDEXAMPLE", SECRET)
    session = botocore.credentials.Credentials("ASIDEXAMPLE", SECRET, token)
    header, s3, presigned = botocore.auth.SigV4Auth, botocore.auth.S3SigV4Auth, botocore.auth.S3SigV4QueryAuth
    query = botocore.auth.SigV4QueryAuth
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    cloudfront = "http://cloudfront.amazonaws.com/2020-05-31/distribution/E1%20A/invalidation?Marker=a%2Fb"
    cases = [
        ("sts form", header, plain, "sts", "us-east-1", "POST", "http://127.0.0.1:4566/", form, body),
        ("sts session", header, session, "sts", "eu-west-1", "POST", "http://127.0.0.1:4566/", form, body),
        ("sts presigned", query, session, "sts", "us-east-1", "GET", f"http://localhost:4566/?{body}", {}, ""),
        ("iam get", header, plain, "iam", "us-east-1", "GET", "https://iam.amazonaws.com/?Path=%2Fa%20b%2F&A=%C3%BC", {}, ""),
        ("cloudfront", header, plain, "cloudfront", "us-east-1", "GET", cloudfront, {}, ""),
        ("s3 list", s3, plain, "s3", "us-east-1", "GET", "http://127.0.0.1:4566/b?list-type=2&prefix=&delimiter=%2F", {}, ""),
        ("s3 key", s3, session, "s3", "us-east-1", "PUT", "http://127.0.0.1:4566/b/a%20b/../%C3%BC%2B1.txt", {"x-amz-meta-a": "  b   c "}, "hello\n"),
        ("s3 policy", s3, plain, "s3", "eu-central-1", "GET", "http://127.0.0.1:4566/b?policy", {}, ""),
        ("s3 presigned", presigned, session, "s3", "us-east-1", "GET", "http://127.0.0.1:4566/b/a%20b%2Bc?versionId=1", {}, ""),
    ]
    return [(name, service, region, signed(auth, who, service, region, *rest)) for name, auth, who, service, region, *rest in cases]


def signed(auth, credentials, service, region, method, url, headers, body):
    request = botocore.awsrequest.AWSRequest(method=method, url=url, headers=headers, data=body)
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
        auth(credentials, service, region).add_auth(request)
    path = "/" + request.url.split("//", 1)[1].split("/", 1)[1]
    lines = [f"{method} {path} HTTP/1.1", "host:" + request.url.split("/")[2]]
    lines += [f"{name}:{value}" for name, value in request.headers.items()]
    return "\n".join(lines) + "\n\n" + body


def write(name, source, blocks):
    text = f"# {source}\n"
    for title, service, region, request in blocks:
        text += f"=== {title} | {service} | {region}\n{request}\n"
    (HERE / name).write_text(text)


if __name__ == "__main__":
    for name, folder in [("suite.txt", "v4"), ("suite-v4a.txt", "v4a")]:
        source = f"AWS's signing test suite, {folder}: the requests as they are signed"
        write(name, source, suite(pathlib.Path(sys.argv[1]) / folder))
    write("botocore.txt", "Requests signed by botocore 1.43.11", botocore_requests())
