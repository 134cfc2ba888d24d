"""Files for browsers: compressed beforehand, and cached for good where the name has a hash."""

import mimetypes
import os
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

HASHED = re.compile(r"-[\w-]{8}\.\w+$")
ENCODINGS = {"br": ".br", "gzip": ".gz"}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A worker has the policy of its own file, not that of the page.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
}


class Assets(StaticFiles):
    """Serves files of `folders`, the first folder that has the name; a folder may be absent.

    `name.br` or `name.gz` is sent in place of `name` to a client that accepts the encoding.
    """

    def __init__(self, *folders: Path) -> None:
        super().__init__(check_dir=False)
        self.all_directories = list(folders)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with the file, its compressed twin, or 304 where the client has it."""
        path, headers = Path(full_path), dict(SAFE)
        headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if HASHED.search(path.name) else "no-cache"
        )
        headers["Vary"] = "Accept-Encoding"
        request = Headers(scope=scope)
        sent = path
        for encoding in _accepted(request):
            twin = path.with_name(path.name + ENCODINGS[encoding])
            if twin.is_file():
                sent, headers["Content-Encoding"] = twin, encoding
                break
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = FileResponse(sent, status_code, headers, kind, stat_result=sent.stat())
        if self.is_not_modified(response.headers, request):
            return NotModifiedResponse(response.headers)
        return response


def _accepted(request: Headers) -> list[str]:
    wanted = [part.replace(" ", "") for part in request.get("accept-encoding", "").split(",")]
    refused = re.compile(r";q=0(\.0*)?$")
    names = {part.partition(";")[0] for part in wanted if not refused.search(part)}
    return [name for name in ENCODINGS if name in names]
