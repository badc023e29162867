"""Keeps messages as ``.eml`` files in a folder in place of sending them: every mail program opens those."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from runner.errors import ActionError
from runner.mail.delivery import Delivery
from runner.mail.letter import Letter
from runner.own_folder import make_folder


class OutboxTransport:
    """Writes into ``folder``, which is made when it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter, content: bytes) -> Delivery:
        """Write ``content``, the bytes of ``letter``, whole or not at all. Raises ActionError when the disk refuses."""
        file = self._folder / file_name(letter)
        part = file.with_suffix(".part")
        try:
            make_folder(self._folder)
            part.write_bytes(content)
            os.replace(part, file)
        except OSError as error:
            with suppress(OSError):  # what cannot be written cannot always be removed either
                part.unlink(missing_ok=True)
            raise ActionError(
                f"{file} cannot be written: {error.strerror}",
                hint="Check the folder's permissions and the space on its disk.",
                code="email.outbox",
                transient=True,
            ) from error
        return Delivery(tuple(each.address for each in letter.recipients), said=str(file))


def file_name(letter: Letter) -> str:
    """``20261128-093000-your-order-1f2e3d4c.eml``: sorted by time, unlike for each run."""
    words = re.sub(r"[^a-z0-9]+", "-", letter.subject.lower()).strip("-")[:40].strip("-") or "message"
    mark = re.sub(r"[^0-9a-z]", "", letter.message_id.partition("@")[0].lower())[-8:]
    return f"{letter.date:%Y%m%d-%H%M%S}-{words}-{mark}.eml"
