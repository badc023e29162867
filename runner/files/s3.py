"""Files in a bucket of S3, or of a store that speaks the same (actions.md 3.5). Logins are those of boto3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from runner.clock import Clock
from runner.errors import ActionError, ConfigError
from runner.files.keeping import Content, FileStore, KeptFile, last_part, not_kept
from runner.files.place import Bucket

LONGEST = timedelta(days=7)
"""Of an address that the store itself signs."""
_LOGIN = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or another login that boto3 finds."
_LATER = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "RequestTimeTooSkewed"})
_BATCH = 1000


class BucketStore(FileStore):
    """``prefix/<day it expires>/<object>/<name>``; read by addresses that the bucket checks by itself."""

    def __init__(self, bucket: Bucket, clock: Clock, *, lifetime: timedelta, seal: str) -> None:
        if lifetime > LONGEST:
            raise ConfigError(
                "files_lifetime is more than 7 days, and a bucket signs addresses for 7 days at most",
                hint="set `files_lifetime: 7d` or less, or keep files in a folder",
            )
        super().__init__(clock, lifetime, seal)
        self._bucket = bucket

    def put(self, run_id: str, file: Content) -> KeptFile:
        expires = self.expiry()
        name = last_part(file.name)
        key = f"{self._prefix}{expires.date()}/{self.object_id(run_id, file.name).hex()}/{name}"
        with self._faults(file.name):
            self._client.put_object(
                Bucket=self._bucket.name,
                Key=key,
                Body=file.data,
                ContentType=file.mime,
                ContentDisposition=f"inline; filename*=UTF-8''{quote(name, safe='')}",
            )
            url = self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._bucket.name, "Key": key},
                ExpiresIn=int(self.lifetime.total_seconds()),
            )
        return KeptFile(file.name, file.mime, len(file.data), str(url), expires, key)

    def drop(self, file: KeptFile) -> None:
        with suppress(ActionError), self._faults(file.name):
            self._client.delete_object(Bucket=self._bucket.name, Key=file.key)

    def expire(self) -> int:
        today = self.clock.now().date()
        deleted = 0
        with self._faults(""):
            for folder in self._folders():
                day = _day(folder.removeprefix(self._prefix))
                if day is not None and day < today:
                    deleted += self._delete(folder)
        return deleted

    @cached_property
    def _client(self) -> Any:
        boto3 = _library()
        from botocore.config import Config  # type: ignore[import-untyped]

        config = Config(
            signature_version="s3v4",
            connect_timeout=10,
            read_timeout=60,
            # Retries are runs, recorded and visible.
            retries={"total_max_attempts": 1},
            # Stores that are only compatible know neither of the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        with self._faults(""):
            # A session of our own: the default one is shared, and not made for threads.
            session = boto3.session.Session(region_name=self._bucket.region)
            region = session.region_name or "us-east-1"
            return session.client("s3", endpoint_url=self._bucket.endpoint, region_name=region, config=config)

    @property
    def _prefix(self) -> str:
        return f"{self._bucket.prefix}/" if self._bucket.prefix else ""

    def _folders(self) -> list[str]:
        """What stands directly under the prefix and ends with a slash."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name, Prefix=self._prefix, Delimiter="/"
        )
        return [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]

    def _delete(self, folder: str) -> int:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name, Prefix=folder)
        keys = [{"Key": each["Key"]} for page in pages for each in page.get("Contents", ())]
        for start in range(0, len(keys), _BATCH):
            self._client.delete_objects(
                Bucket=self._bucket.name, Delete={"Objects": keys[start : start + _BATCH], "Quiet": True}
            )
        return len(keys)

    @contextmanager
    def _faults(self, name: str) -> Iterator[None]:
        """Errors of boto3 in the block as ActionError."""
        _library()
        from botocore import exceptions  # type: ignore[import-untyped]

        place = f"the bucket {self._bucket.name}"
        try:
            yield
        except exceptions.ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code", ""))
            status = int(fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            words = f"{place} refused: {fault.response.get('Error', {}).get('Message') or code} ({code})"
            hint = "Check the name of the bucket, and that the login may write to it."
            raise not_kept(name, words, hint, transient=status >= 500 or code in _LATER) from fault
        except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as fault:
            raise not_kept(name, f"there is no login for {place}", _LOGIN, transient=False) from fault
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as fault:
            hint = "Check the endpoint, and this machine's connection."
            raise not_kept(name, f"{place} does not answer ({type(fault).__name__})", hint, transient=True) from fault
        except (exceptions.BotoCoreError, ValueError) as fault:
            raise not_kept(name, f"{place}: {fault}", "Check the settings of the bucket.", transient=False) from fault


def _library() -> Any:
    try:
        import boto3  # type: ignore[import-untyped]
    except ImportError as fault:
        raise ActionError(
            "keeping files in a bucket needs boto3, which is not installed here",
            hint="pip install 'mechanic-runner[s3]'",
            code="files.unavailable",
        ) from fault
    return boto3


def _day(name: str) -> date | None:
    """The day that a folder is named after; None for one that is not ours."""
    try:
        return date.fromisoformat(name.rstrip("/"))
    except ValueError:
        return None
