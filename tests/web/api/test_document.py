"""/openapi.json and /docs describe the service from the tables that it serves by."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from rule_rm import Settings, protocols
from rule_rm.web import create_app
from rule_rm.web.api.described import description_of, object_of
from rule_rm.web.problems import CONTENT_TYPE, WHEN, problem


@pytest.fixture
def document(client) -> dict:
    return client.get("/openapi.json").json


def test_the_document_is_valid_openapi(document):
    pytest.importorskip("openapi_spec_validator").validate(document)


def test_every_route_is_in_the_document(app, document):
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, methods in document["paths"].items() for method in methods}


def test_every_field_that_a_format_reads_is_in_its_schema(document):
    schemas = document["components"]["schemas"]
    for wire_format in protocols.BY_KEYS:
        (schema,) = [found for found in schemas.values() if found.get("description") == wire_format.SUMMARY]
        assert set(schema["properties"]) == {*wire_format.FIELDS, "details"}
        known = {name for key in wire_format.KEYS for name in key.split(" or ")}
        assert set(schema["required"]) <= known


def test_a_reward_type_in_a_path_is_one_that_is_served(app, document):
    (parameter,) = document["paths"]["/get_reward/{reward_type}"]["post"]["parameters"][:1]
    assert parameter["schema"]["enum"] == sorted(app.extensions["rule_rm"].engine.rewards)


def test_a_view_without_a_description_is_named(app):
    def view() -> None: ...

    with pytest.raises(TypeError, match=r"view lacks @described"):
        description_of(view)


def test_with_a_token_everything_but_health_and_readiness_says_so_and_the_document_needs_it_too(engine):
    app = create_app(Settings(workers=1, token="secret-1"), engine)
    client = app.test_client()
    assert client.get("/openapi.json").status_code == 401
    assert client.get("/docs").status_code == 401
    paths = client.get("/openapi.json", headers={"Authorization": "Bearer secret-1"}).json["paths"]
    free = {
        path for path, methods in paths.items() for one in methods.values() if "401" not in one["responses"]
    }
    assert free == {"/health", "/ready"}


def test_the_page_shows_each_operation_and_a_browser_runs_nothing_on_it(client, document):
    reply = client.get("/docs")
    assert reply.content_type.startswith("text/html")
    for path in document["paths"]:
        assert path.replace("&", "&amp;") in reply.text
    for status in WHEN:
        assert f'id="{status}"' in reply.text
    assert "<script" not in reply.text
    assert "http://" not in reply.text
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    style = re.search(r"<style>(.*?)</style>", reply.text, re.DOTALL)[1]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [("post", "/get_reward", b"{}", 422), ("get", "/nothing", b"", 404), ("post", "/get_reward", b"{", 400)],
)
def test_an_error_is_a_problem_of_rfc_9457_with_our_own_error_in_it(client, method, path, body, status):
    reply = getattr(client, method)(path, data=body)
    assert reply.content_type == CONTENT_TYPE
    assert reply.status_code == reply.json["status"] == status
    assert reply.json["type"] == f"/docs#{status}"
    assert reply.json["detail"] == reply.json["error"]["message"]
    assert set(reply.json) == set(problem(status, "", ""))


def test_the_schema_of_a_problem_is_made_of_one(document):
    schema = document["components"]["schemas"]["Problem"]
    assert schema["properties"]["error"]["properties"]["index"] == {"type": ["integer", "null"]}
    assert json.dumps(object_of("status", status="integer")["properties"]["status"]) in json.dumps(schema)
