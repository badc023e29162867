"""Files in a bucket, at a real S3 server on loopback (actions.md 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from runner.clock import FixedClock
from runner.errors import ActionError, ConfigError
from runner.files import MadeFile
from runner.files.place import Bucket, read_place
from runner.files.s3 import BucketStore

FILE = MadeFile("in/Résumé 1.csv", b"a,b\n", "text/csv")
WEEK = timedelta(days=7)
Open = Callable[..., BucketStore]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket called ``kept``, and a login for it."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hidden",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    with httpx.Client() as http:
        http.post(f"{server}/moto-api/reset")
    client = boto3.session.Session().client("s3", endpoint_url=server, region_name="us-east-1")
    client.create_bucket(Bucket="kept")
    yield client
    client.close()


@pytest.fixture
def opened(server: str) -> Open:
    def make(name: str = "kept", *, prefix: str = "shop/files", at: str | None = None, **more: Any) -> BucketStore:
        # The signature of an address holds the machine's time, which therefore must be the store's.
        clock = more.pop("clock", FixedClock(datetime.now(UTC)))
        place = Bucket(name, prefix, at or server, "us-east-1")
        return BucketStore(place, clock, lifetime=more.pop("lifetime", WEEK), seal="salt")

    return make


def keys(bucket: Any) -> list[str]:
    return [each["Key"] for each in bucket.list_objects_v2(Bucket="kept").get("Contents", ())]


@pytest.mark.parametrize("prefix", ["shop/files", ""])
def test_a_file_in_a_bucket_is_read_by_an_address_that_ends(prefix: str, opened: Open, bucket: Any) -> None:
    kept = opened(prefix=prefix).put("run-1", FILE)
    assert (kept.name, kept.mime, kept.size) == (FILE.name, "text/csv", 4)
    assert keys(bucket) == [kept.key]
    assert kept.key.startswith(prefix)
    assert kept.key.endswith("/Résumé 1.csv")
    assert "X-Amz-Expires=604800" in kept.url
    with httpx.Client() as http:
        reply = http.get(kept.url)
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, b"a,b\n", "text/csv")
    assert reply.headers["content-disposition"] == "inline; filename*=UTF-8''R%C3%A9sum%C3%A9%201.csv"
    assert "hidden" not in kept.url


def test_a_repeat_writes_the_same_object(opened: Open, bucket: Any) -> None:
    store = opened(clock=FixedClock(datetime(2026, 11, 28, tzinfo=UTC)))
    first = store.put("run-1", FILE)
    assert store.put("run-1", MadeFile(FILE.name, b"new", FILE.mime)).key == first.key
    assert keys(bucket) == [first.key]
    assert bucket.get_object(Bucket="kept", Key=first.key)["Body"].read() == b"new"
    store.drop(first)
    assert keys(bucket) == []


def test_what_has_expired_is_deleted_and_nothing_else(opened: Open, bucket: Any) -> None:
    clock = FixedClock(datetime(2026, 11, 28, 5, tzinfo=UTC))
    store = opened(clock=clock)
    store.put("run-1", FILE)
    for strange in ("shop/files/notes/a", "shop/other", "2020-01-01/a"):
        bucket.put_object(Bucket="kept", Key=strange, Body=b"")
    clock.advance(timedelta(days=3).total_seconds())
    late = store.put("run-2", FILE)
    clock.set(datetime(2026, 12, 5, 23, tzinfo=UTC))
    assert store.expire() == 0
    clock.set(datetime(2026, 12, 6, tzinfo=UTC))
    assert store.expire() == 1
    assert sorted(keys(bucket)) == ["2020-01-01/a", late.key, "shop/files/notes/a", "shop/other"]


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_a_named_error(opened: Open) -> None:
    with pytest.raises(ActionError, match=r"the bucket missing refused: .*NoSuchBucket") as caught:
        opened("missing").put("run-1", FILE)
    assert (caught.value.code, caught.value.transient) == ("files.store", False)
    assert caught.value.hint


@pytest.mark.usefixtures("bucket")
def test_a_server_that_does_not_answer_may_do_so_later(opened: Open) -> None:
    with pytest.raises(ActionError, match="the bucket kept does not answer") as caught:
        opened(at="http://127.0.0.1:1").put("run-1", FILE)
    assert (caught.value.code, caught.value.transient) == ("files.store", True)


@pytest.mark.usefixtures("bucket")
def test_without_a_login_it_is_said_how_to_give_one(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ActionError, match="there is no login for the bucket kept") as caught:
        opened().put("run-1", FILE)
    assert "AWS_ACCESS_KEY_ID" in str(caught.value.hint)
    assert not caught.value.transient


def test_a_lifetime_that_no_bucket_can_sign_is_refused_at_once(opened: Open) -> None:
    with pytest.raises(ConfigError, match="7 days at most"):
        opened(lifetime=timedelta(days=8))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kept", Path("kept")),
        ("/srv/files", Path("/srv/files")),
        ("s3://kept", Bucket("kept")),
        ("s3://kept/", Bucket("kept")),
        ("s3://kept/a/b%20c/", Bucket("kept", "a/b c")),
        ("s3://kept?region=eu-1", Bucket("kept", "", None, "eu-1")),
        (
            "s3://kept/a?endpoint=http://127.0.0.1:9000&region=x",
            Bucket("kept", "a", "http://127.0.0.1:9000", "x"),
        ),
    ],
)
def test_a_place_is_a_folder_or_a_bucket(text: str, place: Path | Bucket) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    "text",
    ["", "gs://kept", "s3://", "s3://a b", "s3://kept?endpont=x", "s3://kept?endpoint=kept.example", "s3://k@kept/"],
)
def test_another_place_is_refused_with_the_form_that_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_place(text)
