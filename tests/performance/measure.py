#!/usr/bin/env python3
"""Runs generated scenarios of ten steps and prints what the whole process took. See docs/performance.md.

    cargo build --release
    tests/performance/measure.py target/release/rolecall 1 1000 10000
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

TRUST = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": { "AWS": "arn:aws:iam::123456789012:user/deployer" },
    "Action": "sts:AssumeRole",
    "Condition": { "StringEquals": { "sts:RoleSessionName": "deploy" } }
  }
}
"""

# Ten steps: nine calls of the SDK that AWS would answer, and an assume by nobody that the trust policy knows.
SCENARIO = """scenario: Deployment {number} reaches its bucket only through its role
tags: [generated]
users:
  deployer: {{}}
  visitor: {{}}
roles:
  Deploy-{number}:
    trust: trust.json
    policies:
      - AmazonS3ReadOnlyAccess
      - Version: "2012-10-17"
        Statement: {{ Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::site-{number}/*" }}
buckets:
  site-{number}: {{}}
steps:
  - as: deployer
    call: sts:GetCallerIdentity
    expect: {{ Arn: "arn:aws:iam::123456789012:user/deployer" }}
  - as: deployer
    call: s3:ListBuckets
    expect: denied
    because: {{ policy: identity, effect: implicit }}
  - as: deployer
    assume: Deploy-{number}
    session: other
    expect: denied
    because: {{ policy: trust, condition: "sts:RoleSessionName" }}
  - as: deployer
    assume: Deploy-{number}
    session: deploy
    then:
      - call: sts:GetCallerIdentity
      - call: s3:ListBuckets
        expect: {{ Buckets: [{{ Name: site-{number} }}] }}
      - call: s3:PutObject
        on: site-{number}/index.html
        with: {{ Body: "<h1>Hello</h1>" }}
      - call: s3:GetObject
        on: site-{number}/index.html
      - call: s3:DeleteObject
        on: site-{number}/index.html
        expect: denied
        because: {{ policy: identity, effect: implicit }}
  - as: visitor
    assume: Deploy-{number}
    session: deploy
    expect: denied
    because: {{ policy: trust, effect: implicit }}
"""


def generate(folder: str, count: int) -> None:
    os.mkdir(f"{folder}/scenarios")
    with open(f"{folder}/scenarios/trust.json", "w") as file:
        file.write(TRUST)
    for number in range(count):
        with open(f"{folder}/scenarios/{number:05}.yaml", "w") as file:
            file.write(SCENARIO.format(number=number))


def measure(command: str, count: int, repeats: int) -> str:
    """The best of several runs: other programs on the machine only ever add."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        generate(folder, count)
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        for _ in range(repeats):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.perf_counter()
            run = subprocess.run([command, "run"], cwd=folder, env=environment, capture_output=True, text=True)
            wall = time.perf_counter() - began
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            last = run.stdout.splitlines()[-1]
            assert last == f"{count} passed, 0 failed", run.stderr + last
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            runs.append((wall, cpu, after.ru_maxrss / 1024))
    wall, cpu = (min(run[place] for run in runs) for place in (0, 1))
    return f"{count:>6} scenarios: {wall * 1000:8.1f} ms wall, {cpu * 1000:8.1f} ms CPU, {runs[-1][2]:6.1f} MiB"


def main() -> None:
    command = os.path.abspath(sys.argv[1])
    for count in map(int, sys.argv[2:]):
        print(measure(command, count, 20 if count < 100 else 5 if count < 5_000 else 2), flush=True)


main()
