"""Templates of messages: Liquid files in a folder, one a template (actions.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner.clock import Clock
from runner.errors import ActionError, LiquidError, Where

DEFAULT = "default"
"""The template of messages that name none."""
STYLES = "styles.css"
_ENDINGS = (".liquid", ".html")
_NAME = re.compile(r"[\w][\w .()-]{0,100}")
_STYLES_LINK = re.compile(
    r"""<link\b[^>]*\bhref\s*=\s*["']?[^"'>\s]*/assets/notifications/styles\.css[^>]*>""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates in ``folder``: ``<name>.liquid`` or ``<name>.html``, and ``styles.css``; None: there are none.

    Files are read when they are needed, so that a change counts for the next message. ``shop`` is the variable of that
    name: the REST shop record.
    """

    folder: Path | None = None
    shop: Mapping[str, Any] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The templates there are."""
        if self.folder is None or not self.folder.is_dir():
            return []
        return sorted({file.stem for file in self.folder.iterdir() if file.suffix in _ENDINGS})

    def body(self, name: str | None, options: Mapping[str, Any], clock: Clock) -> str | None:
        """What the template ``name``, or the default one, makes of an action's ``options``.

        None when no name is given and there is no default template. Raises ActionError for an unknown or unreadable
        template, LiquidError naming its file and line for one that cannot be rendered.
        """
        file = self._file(name or DEFAULT)
        if file is None:
            if name is None:
                return None
            known = ", ".join(self.names())
            raise ActionError(
                f'there is no email template "{name}"',
                hint=f"There are: {known}." if known else f"Put {name}.liquid into {self._shown_folder()}.",
                code="email.template",
            )
        return _with_styles(self._rendered(file, options, clock), self._styles())

    def _file(self, name: str) -> Path | None:
        # Only names that stay in the folder: what a task says must not read other files.
        if self.folder is None or not _NAME.fullmatch(name):
            return None
        found = (self.folder / f"{name}{ending}" for ending in _ENDINGS)
        return next((file for file in found if file.is_file()), None)

    def _rendered(self, file: Path, options: Mapping[str, Any], clock: Clock) -> str:
        from runner.liquid.limits import Budget, Limits
        from runner.liquid.objects.base import freeze
        from runner.liquid.state import RenderState
        from runner.liquid.template import parse

        source = _read(file)
        variables = {**{str(key): freeze(value) for key, value in options.items()}, "shop": freeze(dict(self.shop))}
        state = RenderState(now=clock.now(), shop=dict(self.shop))
        try:
            return parse(source, file.name).run(variables, state, Budget(Limits()))[0]
        except LiquidError as error:
            error.where = replace(error.where or Where(), file=str(file), part=None)
            raise

    def _styles(self) -> str:
        file = None if self.folder is None else self.folder / STYLES
        return _read(file) if file is not None and file.is_file() else ""

    def _shown_folder(self) -> str:
        return str(self.folder) if self.folder is not None else "the folder that email_templates names"


def _with_styles(html: str, styles: str) -> str:
    """``html`` with ``styles`` in the place of the link that Shopify's own notifications have to theirs."""
    block = f"<style>\n{styles}\n</style>" if styles.strip() else ""
    return _STYLES_LINK.sub(lambda _: block, html)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ActionError(
            f"the email template {file} cannot be read: {reason}",
            hint="Check the file and its permissions.",
            code="email.template",
        ) from error
