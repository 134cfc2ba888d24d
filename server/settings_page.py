"""docs/settings.md from the code: `python -m server.settings_page` writes it."""

from __future__ import annotations

from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from server.settings import Settings

FILE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
TOP = """# Settings

All settings are environment variables. A `.env` file in the folder where Brandgraph is started is
read too; where both name one, the environment wins. An empty variable is one that is not set. None
is needed to start.

A setting that cannot be used is named in one sentence, and the exit code is 78.

This page is made from the code by `make docs`; a test compares the two.

| Variable | Default | What it is for |
| --- | --- | --- |
"""
BOTTOM = """
Settings marked *secret* are never printed or logged.

## Production

`BRANDGRAPH_ENV=production` switches GraphiQL, introspection and embedded engines off, marks cookies
as `Secure`, and refuses to start

- without `AUTH_KEYS`, or with a key of fewer than 32 characters,
- with `SECURE_COOKIES=false`,
- without `MONGODB_URL` or `REDIS_URL`, unless `EMBEDDED_ENGINES=true` says that this is meant.

A key is made by

```console
$ python3 -c 'import secrets; print("k1:" + secrets.token_urlsafe(32))'
```

[operations.md](operations.md) tells how keys are changed, and the rest of running it for real.
"""


def listed() -> list[Field[Any]]:
    """All settings: the server's own, then those of its parts."""
    return sorted(fields(Settings), key=lambda each: each.name not in Settings.__annotations__)


def page() -> str:
    """The page, as the code has it now."""
    rows = []
    for each in listed():
        default = f"`{each.metadata['default']}`" if each.metadata["default"] else ""
        secret = " *Secret.*" if each.metadata["secret"] else ""
        rows.append(f"| `{each.name.upper()}` | {default} | {each.metadata['about']}{secret} |")
    return TOP + "\n".join(rows) + "\n" + BOTTOM


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
