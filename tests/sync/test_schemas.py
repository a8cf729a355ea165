"""Bodies made from the published OpenAPI: every answer is documented and none is a server error."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings

from tests.sync.conftest import Handset, Server

OPERATIONS = [
    ("/sync/v1/device", "POST"),
    ("/sync/v1/push", "POST"),
    ("/sync/v1/pull", "POST"),
    ("/sync/v1/blob/{sha256}", "PUT"),
    ("/sync/v1/blob/{sha256}", "GET"),
    ("/sync/v1/worker/{worker_id}/blob/{field}", "GET"),
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_generated_requests_get_documented_answers(
    server: Server, phone: Handset, path: str, method: str
) -> None:
    printed = server.app.test_cli_runner().invoke(args=["openapi", "print"])
    spec = orjson.loads(printed.output)
    operation = schemathesis.openapi.from_dict(spec)[path][method]
    documented = {
        int(code) for code in spec["paths"][path][method.lower()]["responses"] if code != "default"
    }

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else None
        if body is not None and "device" in body:
            body = {**body, "device": phone.device}
        query = {**(case.query or {}), "device": phone.device}
        address = quote(case.formatted_path, safe="/%")
        assume("?" not in unquote(address))  # which Werkzeug's client cannot send on
        answer = phone.client.open(address, method=method, json=body, query_string=query)
        assert answer.status_code in documented | {404}, answer.get_data(as_text=True)
        assert method == "HEAD" or answer.is_json

    run()
