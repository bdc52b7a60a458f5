"""boto3, unmodified, against a served mock: each function is a flow that a test of its own runs.

The keys of the world's users are profiles; the endpoint comes from AWS_ENDPOINT_URL.
"""

import datetime
import io
import json
import os
import sys
import urllib.request

import boto3
import botocore.session
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def refused(call, code, text):
    """The call is refused with AWS's code and a message that has the text."""
    try:
        call()
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code and text in found["Message"], found
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return
    raise AssertionError(f"not refused with {code}")


def session_of(user, role_name, **parameters):
    """A boto3 session with the credentials of an assumed role."""
    sts = boto3.Session(profile_name=user).client("sts")
    answer = sts.assume_role(RoleArn=role(role_name), RoleSessionName="boto3", **parameters)
    credentials = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def client():
    deployer = boto3.Session(profile_name="deployer")
    assert deployer.client("sts").get_caller_identity()["Arn"].endswith(":user/deployer")
    refused(
        deployer.client("s3").list_buckets,
        "AccessDenied",
        "because no identity-based policy allows the s3:ListAllMyBuckets action",
    )
    bystander = boto3.Session(profile_name="bystander").client("sts")
    refused(
        lambda: bystander.assume_role(RoleArn=role("Deploy"), RoleSessionName="boto3"),
        "AccessDenied",
        f"is not authorized to perform: sts:AssumeRole on resource: {role('Deploy')}",
    )
    names = [bucket["Name"] for bucket in session_of("deployer", "Deploy").client("s3").list_buckets()["Buckets"]]
    assert names == ["acme-site", "acme-terraform-state"], names


def resource():
    bucket = session_of("deployer", "Deploy").resource("s3").Bucket("acme-site")
    large = os.urandom(20 << 20)
    bucket.upload_fileobj(io.BytesIO(large), "large.bin")
    bucket.put_object(Key="a b/ü+1.txt", Body=b"hello", ContentType="text/plain")
    assert sorted(found.key for found in bucket.objects.all()) == ["a b/ü+1.txt", "large.bin"]

    back = io.BytesIO()
    bucket.download_fileobj("large.bin", back)
    assert back.getvalue() == large

    bucket.objects.delete()
    assert list(bucket.objects.all()) == []

    reader = session_of("deployer", "Monitoring", ExternalId="Customer-4711").resource("s3")
    refused(
        lambda: reader.Bucket("acme-site").put_object(Key="x", Body=b""),
        "AccessDenied",
        "because no identity-based policy allows the s3:PutObject action",
    )


def profile():
    right = boto3.Session(profile_name="monitor")
    assert ":assumed-role/Monitoring/" in right.client("sts").get_caller_identity()["Arn"]
    wrong = boto3.Session(profile_name="mistaken")
    refused(
        lambda: wrong.client("sts").get_caller_identity(),
        "AccessDenied",
        f"sts:AssumeRole on resource: {role('Monitoring')}",
    )


def advance(duration):
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"] + "/_rolecall/clock",
        data=json.dumps({"advance": duration}).encode(),
        method="POST",
    )
    urllib.request.urlopen(request).close()


def refreshable():
    """Credentials that refresh themselves go on when the mock's clock has passed their expiry; a copy of them doesn't."""
    sts = boto3.Session(profile_name="deployer").client("sts")
    ahead = datetime.timedelta()

    def refresh():
        found = sts.assume_role(RoleArn=role("Deploy"), RoleSessionName="refreshed")["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    credentials = DeferredRefreshableCredentials(
        refresh, "assume-role", time_fetcher=lambda: datetime.datetime.now(datetime.timezone.utc) + ahead
    )
    session = botocore.session.get_session()
    session._credentials = credentials
    refreshed = boto3.Session(botocore_session=session).client("sts")
    first = credentials.get_frozen_credentials()
    assert refreshed.get_caller_identity()["Arn"].endswith(":assumed-role/Deploy/refreshed")

    advance("2h")
    ahead = datetime.timedelta(hours=2)

    stale = boto3.client(
        "sts",
        aws_access_key_id=first.access_key,
        aws_secret_access_key=first.secret_key,
        aws_session_token=first.token,
    )
    refused(stale.get_caller_identity, "ExpiredToken", "The security token included in the request is expired")
    assert refreshed.get_caller_identity()["Arn"].endswith(":assumed-role/Deploy/refreshed")
    assert credentials.get_frozen_credentials().token != first.token


def web_identity():
    """What a token says is checked; the call itself is unsigned."""
    sts = boto3.Session(profile_name="bystander").client("sts")
    refused(
        lambda: sts.assume_role_with_web_identity(
            RoleArn=role("FromGitHub"), RoleSessionName="boto3", WebIdentityToken="not.a.token"
        ),
        "InvalidIdentityToken",
        "",
    )


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    print(f"{sys.argv[1]}: as it should be")
