"""http: one request to any server on the internet (actions.md 3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.http_body import Header, encoded, form_fields, text_bytes
from runner.actions.http_reply import reply_result
from runner.actions.reading import in_order, shown_files
from runner.actions.wanted import Wanted
from runner.model.json import JSON, without_surrogates
from runner.model.secret import Secrets, resolve

if TYPE_CHECKING:
    import httpx

METHODS = ("head", "options", "get", "post", "put", "patch", "delete")
_SENT_SECRETS = ("url", "headers", "body", "proxy")
_EXAMPLE = '{"method": "post", "url": "https://example.com/", "body": {…}}.'
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FRAMING = frozenset({"content-length", "transfer-encoding"})
"""Headers that follow from the body: what a task says of them could only be wrong."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A checked request. ``method`` in upper case; ``body`` is text, an object, an array or None."""

    method: str
    url: str
    body: Any = None
    files: Mapping[str, Any] | None = None
    headers: tuple[Header, ...] = ()
    follow_redirects: bool = True
    proxy: str | None = None
    verify: bool = True
    error_on_5xx: bool = False


class HttpAction(ActionType):
    """Any complete reply is a success, whatever its status, unless ``error_on_5xx`` says otherwise."""

    name = "http"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["method", "url"],
        "properties": {
            "method": {"enum": list(METHODS), "description": "in small or capital letters"},
            "url": {
                "type": "string",
                "description": "with `http://` or `https://`; `user:password@` becomes an `Authorization` header, "
                "unless there is one",
            },
            "body": {
                "type": ["string", "object", "array"],
                "description": "text is sent as it is, without a Content-Type of its own; the rest as JSON, or as a "
                "form (`a[b]=1&c[]=2`) when the header Content-Type is `application/x-www-form-urlencoded`",
            },
            "files": {
                "type": "object",
                "description": "files by name: `multipart/form-data` with the fields of `body` first; the name is both "
                "the field's and the file's",
            },
            "headers": {"type": "object", "description": "names to values; an array sends the header once for each"},
            "follow_redirects": {"type": "boolean", "default": True, "description": "up to 10"},
            "proxy": {"type": "string", "description": "`http://`, `https://` or `socks5://`, with a login if needed"},
            "verify": {"type": "boolean", "default": True, "description": "check the server's certificate"},
            "error_on_5xx": {
                "type": "boolean",
                "default": False,
                "description": "a status of 500 and above is a failure, and tried again",
            },
        },
    }

    def with_secrets(self, options: JSON, secrets: Secrets) -> JSON:
        if not isinstance(options, Mapping):
            return options
        sent = {name: options[name] for name in _SENT_SECRETS if name in options}
        return {**options, **resolve(sent, secrets)}

    def validate(self, options: JSON) -> HttpCall:
        wanted = Wanted(self.name, options, _EXAMPLE)
        method = wanted.required("method").lower()
        if method not in METHODS:
            raise wanted.fault(f'there is no method "{method[:20]}"', f"Methods are {', '.join(METHODS)}.")
        files = wanted.mapping("files")
        # With files blank text is no fields; alone, text is sent as it is, white space too.
        body = wanted.value("body") if files else wanted.raw("body")
        if body is not None and not isinstance(body, str | Mapping | list | tuple):
            raise wanted.fault('"body" is neither text, an object nor an array', f"Write {_EXAMPLE}")
        if files is not None and body is not None and not isinstance(body, Mapping):
            raise wanted.fault('with "files", "body" must be an object: the fields of the form', 'Write "body": {…}.')
        return HttpCall(
            method=method.upper(),
            url=_url(wanted, "url", wanted.required("url"), ("http", "https")),
            body=body,
            files=files,
            headers=tuple(request_headers(wanted, wanted.mapping("headers") or {})),
            follow_redirects=wanted.truth("follow_redirects", True),
            proxy=_proxy(wanted),
            verify=wanted.truth("verify", True),
            error_on_5xx=wanted.truth("error_on_5xx", False),
        )

    def perform(self, options: HttpCall, tools: Tools) -> Outcome:
        from runner.network.fetch import fetch

        client = tools.services.network.client(
            verify=options.verify, proxy=options.proxy, follow_redirects=options.follow_redirects
        )
        with client:
            result = reply_result(fetch(client, _request(client, options, tools)))
        if options.error_on_5xx and result["status"] >= 500:
            return Outcome(
                ok=False,
                error=f"the server answered {result['status']}",
                transient=True,
                response=result,
                code="action.http_status",
                hint="error_on_5xx takes that for a failure. What the server said is kept with the attempt.",
            )
        return Outcome(ok=True, result=result)

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        address = _without_login(str(given.get("url") or "").strip())
        return f"{str(given.get('method') or '').strip().upper() or 'no method'} {address or 'no url'}"

    def shown(self, options: JSON) -> JSON:
        """The request line first; files by their size."""
        if not isinstance(options, Mapping):
            return options
        shown = {"request": self.summary(options), **in_order(options, ("headers", "body"))}
        shown = {key: value for key, value in shown.items() if key not in ("method", "url")}
        if isinstance(shown.get("proxy"), str):
            shown["proxy"] = _without_login(shown["proxy"])
        return {**shown, "files": shown_files(shown["files"])} if "files" in shown else shown

    def resendable(self, options: HttpCall) -> bool:
        return options.method in ("GET", "HEAD")


def _url(wanted: Wanted, name: str, text: str, schemes: tuple[str, ...]) -> str:
    begins = " or ".join(f"{scheme}://" for scheme in schemes)
    if not text.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise wanted.fault(f'"{name}" does not begin with {begins}', f"Give the whole address, with {begins}.")
    try:
        parts = urlsplit(text)
        found = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        found = False
    if not found or re.search(r"[\x00-\x1f\x7f]", text):
        raise wanted.fault(f'"{name}" is not an address', "It needs a host, and a port that is a number, if any.")
    return str(without_surrogates(text))


def _without_login(url: str) -> str:
    return re.sub(r"(?<=//)[^/?#]*@", "", url)


def _proxy(wanted: Wanted) -> str | None:
    text = wanted.text("proxy")
    return None if text is None else _url(wanted, "proxy", text, ("http", "https", "socks5"))


def request_headers(wanted: Wanted, given: Mapping[str, Any]) -> Iterable[Header]:
    """The headers that an option names, one for each value. Raises ActionError for what is none."""
    for name, value in given.items():
        if not _TOKEN.fullmatch(name.strip()):
            raise wanted.fault('a name in "headers" is no header\'s name', "Use letters, digits and hyphens.")
        for member in value if isinstance(value, list | tuple) else [value]:
            if member is None:
                continue
            if not isinstance(member, str | int | float):
                raise wanted.fault(f'the header "{name}" is neither text, a number nor an array of them', "Write text.")
            text = str(member).lower() if isinstance(member, bool) else str(member).strip()
            if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
                raise wanted.fault(f'the header "{name}" holds a line break or a control character', "Write one line.")
            if name.strip().lower() not in _FRAMING:
                yield name.strip(), text


def _request(client: httpx.Client, call: HttpCall, tools: Tools) -> httpx.Request:
    url, headers = call.url, list(call.headers)
    if any(name.lower() == "authorization" for name, _ in headers):
        url = _without_login(url)  # what the task says itself beats what its address says
    more: dict[str, Any] = {}
    if call.files:
        boundary = tools.child_id("boundary")  # the same on each attempt: so is the whole request
        headers = [(name, value) for name, value in headers if name.lower() != "content-type"]
        headers.append(("Content-Type", f"multipart/form-data; boundary={boundary}"))
        more["files"] = [*_fields(call.body), *_files(call.files, tools)]
    else:
        content, headers = encoded(call.body, headers)
        if content is not None:
            more["content"] = content
    written = [(name.encode("ascii"), text_bytes(value)) for name, value in headers]
    return client.build_request(call.method, url, headers=written, **more)


def _fields(body: Any) -> list[tuple[str, tuple[None, bytes]]]:
    """The fields of a form in order; nested values as in a form's text."""
    return [(name, (None, text_bytes(value))) for name, value in form_fields(body or {})]


def _files(files: Mapping[str, Any], tools: Tools) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Both name and file name are the key: staged uploads rely on the name ``file``."""
    return [(made.name, (made.name, made.data, made.mime)) for made in tools.generated(files)]
