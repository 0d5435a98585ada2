"""What the answers of the API have in common."""

from typing import Any

from fastapi.responses import Response

from moodstream.web import exports

PREFIX = "/api/v1"
"""What the paths of the API begin with."""

AWAY = "The source of the answer is away, or too slow; try again after `Retry-After` seconds"
FRESH = {"Cache-Control": "no-store"}
CSV = "text/csv; charset=utf-8; header=present"


def file(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """How the documentation tells of an answer that is a file."""
    content = {media_type: {"schema": {"type": "string"}}}
    return {200: {"description": what, "content": content}}


def download(body: bytes, media_type: str, name: str) -> Response:
    """A file to save under a name."""
    return Response(body, 200, FRESH | {"Content-Disposition": exports.attachment(name)}, media_type)
