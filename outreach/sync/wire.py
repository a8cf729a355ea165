"""Bodies and errors of the sync door: bounded, always JSON, never a traceback."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import orjson
from flask import Request, Response

WIRE_MAX = 64 * 1024
INFLATED_MAX = 1024 * 1024
GZIP = 31  # zlib's window bits for a gzip header
GZIP_MARK = b"\x1f\x8b"


class Refused(Exception):
    """An answer other than 200: status, code and params."""

    def __init__(
        self, status: int, code: str, retry_after: int | None = None, **params: object
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = params
        self.retry_after = retry_after


def answer(body: Mapping[str, object], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, content_type="application/json")


def refusal(error: Refused, **more: object) -> Response:
    """The JSON answer of a refusal; ``more`` stands beside code and params."""
    response = answer({"code": error.code, "params": error.params, **more}, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def read_bytes(request: Request, limit: int = WIRE_MAX) -> bytes:
    """The body as sent, at most ``limit`` bytes; raises Refused 413."""
    if (request.content_length or 0) > limit:
        raise Refused(413, "body_too_big", max=limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise Refused(413, "body_too_big", max=limit)
    return body


def read_body(request: Request) -> bytes:
    """The body inflated within bounds: the bytes that a phone signs; raises Refused.

    Its first two bytes decide whether it is gzip: no JSON begins so, and proxies on the way strip
    Content-Encoding, or leave it on a body that they have inflated.
    """
    body = read_bytes(request)
    return inflate(body) if body.startswith(GZIP_MARK) else body


def json_in(body: bytes) -> dict[str, object]:
    """The JSON object in a body; raises Refused."""
    try:
        content = orjson.loads(body)
    except ValueError:
        raise Refused(400, "body_not_json") from None
    if not isinstance(content, dict):
        raise Refused(422, "body_not_object")
    return content


def inflate(body: bytes) -> bytes:
    """The gzip body inflated, at most INFLATED_MAX bytes ever in memory; raises Refused."""
    stream = zlib.decompressobj(GZIP)
    try:
        content = stream.decompress(body, INFLATED_MAX + 1)
    except zlib.error:
        raise Refused(400, "body_not_gzip") from None
    if len(content) > INFLATED_MAX:
        raise Refused(413, "body_too_big", max=INFLATED_MAX)
    if not stream.eof:
        raise Refused(400, "body_not_gzip")
    return content


def shrink(request: Request, response: Response) -> Response:
    """A JSON answer gzipped where the phone takes it and it is worth it."""
    data = response.get_data()
    if not response.is_json or len(data) < 1024 or request.accept_encodings["gzip"] <= 0:
        return response
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    response.set_data(packer.compress(data) + packer.flush())
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response
