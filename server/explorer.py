"""The GraphiQL page at `/graphql`, for people who open it in a browser.

Its scripts come from `static/explorer/`, bundled by `explorer/`; where that folder is absent,
from a CDN, pinned by integrity hashes. `static/graphiql/` holds what both pages share.
"""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TypedDict

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount

from server.assets import Assets

ASSETS = "/graphql/assets"


class Listing(TypedDict):
    """What a bundle loads at once, as names of files."""

    script: str
    modules: list[str]
    styles: list[str]


class Pinned(TypedDict):
    """A file of the CDN: its `url`, and the `integrity` that its bytes have to show."""

    url: str
    integrity: str


class Step(TypedDict):
    """A tab that GraphiQL opens with: a document, and its variables as JSON."""

    title: str
    query: str
    variables: str | None


@dataclass(frozen=True, slots=True)
class Markup:
    """Where the two pages differ: lines of HTML, and the sources that their scripts need."""

    head: list[str]
    scripts: list[str]
    sources: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Explorer:
    """The page and its files, which are in `static`; the API answers at `endpoint`.

    Everything is read when it is asked for: a bundle made later is used at once.
    """

    static: Path
    endpoint: str = "/graphql"

    def page(self, request: Request) -> Response:
        """The page, with a Content-Security-Policy that allows its own scripts only."""
        shared = self.static / "graphiql"
        markup = bundled(self.static) or from_cdn(self.static, secrets.token_urlsafe(16))
        parts = {
            "head": "\n    ".join(markup.head),
            "scripts": "\n    ".join(markup.scripts),
            "endpoint": escape(self.endpoint),
            "steps": _inline(first_steps((shared / "first_steps.graphql").read_text("utf-8"))),
        }
        page = (shared / "page.html").read_text("utf-8")
        html = re.sub(r"{{ (\w+) }}", lambda found: parts[found[1]], page)
        return HTMLResponse(html, headers=_headers(markup.sources, request.url))

    def routes(self) -> list[BaseRoute]:
        """The routes of the page's files."""
        files = Assets(self.static / "explorer", self.static / "graphiql")
        return [Mount(ASSETS, files, name="explorer")]


def first_steps(text: str) -> list[Step]:
    """The tabs in `text`, where a line `#---` parts them.

    A variable that holds an id starts empty: the page fills in the id that it saw last.
    """
    return [_step(document.strip()) for document in text.split("\n#---\n")]


def _step(query: str) -> Step:
    title = re.findall(r"^(?:query|mutation|subscription) (\w+)", query, re.MULTILINE)[0]
    ids = re.findall(r"\$(\w+): ID!", query)
    variables = json.dumps(dict.fromkeys(ids, ""), indent=2) if ids else None
    return {"title": title, "query": query, "variables": variables}


def bundled(static: Path) -> Markup | None:
    """The page that loads our own bundle, or None where none was made."""
    try:
        listing: Listing = json.loads((static / "explorer" / "page.json").read_bytes())
    except FileNotFoundError:
        return None
    styles = [f'<link rel="stylesheet" href="{ASSETS}/{name}">' for name in listing["styles"]]
    modules = [f'<link rel="modulepreload" href="{ASSETS}/{name}">' for name in listing["modules"]]
    script = f'<script type="module" src="{ASSETS}/{listing["script"]}"></script>'
    return Markup([*styles, *modules], [script], {"worker-src": ["'self'"]})


def from_cdn(static: Path, nonce: str) -> Markup:
    """The page that loads a ready-made GraphiQL 5 from a CDN, each file by its hash."""
    cdn: dict[str, Pinned] = json.loads((static / "graphiql" / "cdn.json").read_bytes())
    modules = [cdn["socket"], cdn["messages"]]
    workers = {name: cdn[name] for name in ("editor", "graphql", "json")}
    imports = {
        "imports": {"graphql-ws": cdn["socket"]["url"]},
        "integrity": {file["url"]: file["integrity"] for file in modules},
    }
    return Markup(
        [
            f'<script type="importmap" nonce="{nonce}">{_inline(imports)}</script>',
            f'<link rel="stylesheet" {_pinned("href", cdn["style"])}>',
            *(f'<link rel="modulepreload" {_pinned("href", file)}>' for file in modules),
        ],
        [
            f'<script type="application/json" id="workers">{_inline(workers)}</script>',
            f"<script defer {_pinned('src', cdn['script'])}></script>",
            f'<script type="module" src="{ASSETS}/cdn.js"></script>',
        ],
        {
            "script-src": [f"'nonce-{nonce}'", *_urls([cdn["script"], *modules])],
            "style-src": [cdn["style"]["url"]],
            "connect-src": _urls(workers.values()),
            "worker-src": ["blob:"],
        },
    )


def _urls(files: Iterable[Pinned]) -> list[str]:
    return [file["url"] for file in files]


def _pinned(attribute: str, file: Pinned) -> str:
    return f'{attribute}="{file["url"]}" integrity="{file["integrity"]}" crossorigin="anonymous"'


def _inline(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


def _headers(sources: Mapping[str, list[str]], url: URL) -> dict[str, str]:
    # Not every browser takes 'self' for the WebSocket of the same origin.
    socket = f"{'wss' if url.scheme == 'https' else 'ws'}://{url.netloc}"
    policy = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # Monaco places its lines and its cursor by inline styles.
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", socket],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    merged = {name: policy.get(name, []) + sources.get(name, []) for name in {**policy, **sources}}
    return {
        "Content-Security-Policy": "; ".join(f"{k} {' '.join(v)}" for k, v in merged.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
        "Vary": "Accept",
    }
