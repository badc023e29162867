"""Files that tasks describe: plain text, base64, downloads, PDF and ZIP, and where they are kept (actions.md 2, 3.5).

``check`` finds what is wrong with a file map offline; ``Files.generate`` makes its files. WeasyPrint, boto3 and a
browser are loaded when a file needs them.
"""

from __future__ import annotations

from runner.files.base import MOST_BYTES, Generator, MadeFile
from runner.files.making import GENERATORS, Files, check
from runner.files.mime import mime_of

__all__ = ["GENERATORS", "MOST_BYTES", "Files", "Generator", "MadeFile", "check", "mime_of"]
