"""The programming interface, from its OpenAPI description."""

from collections import defaultdict

from duzhan.base.wire import ERRORS
from duzhan.config.api import api

from .writing import code, first_sentence, page, table

PREFIX = "/api/"


def operations() -> list:
    """(tag, METHOD, path, description, fields asked for in the body or the query) of every route."""
    schema = api.get_openapi_schema(path_prefix=PREFIX)
    return [
        ((told.get("tags") or ["other"])[0], method.upper(), path, told.get("description", ""), _asked(told, schema))
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]


def _asked(told, schema):
    """What a route reads, the needed ones in bold."""
    fields = [
        (each["name"], each.get("required", False)) for each in told.get("parameters", []) if each["in"] == "query"
    ]
    for content in told.get("requestBody", {}).get("content", {}).values():
        body = _resolved(content["schema"], schema)
        fields += [(name, name in body.get("required", [])) for name in body.get("properties", {})]
    return ", ".join(f"**{name}**" if needed else name for name, needed in fields)


def _resolved(body, schema):
    while "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    return body


def text() -> str:
    by_tag = defaultdict(list)
    for tag, method, path, description, asked in operations():
        by_tag[tag].append((code(f"{method} {path}"), first_sentence(description), asked))
    tables = [f"## {tag}\n\n{table(['route', 'what it does', 'reads'], rows)}" for tag, rows in sorted(by_tag.items())]
    return page("Programming interface", INTRODUCTION, *tables)


INTRODUCTION = f"""The same records as the pages, with the same visibility. `GET {PREFIX}openapi.json` is the whole
description for programs (OpenAPI 3.1); this page is its short form. What a route cannot do without is **bold**.

- Who asks: `Authorization: Bearer dz_…`, the personal token of somebody whose posts it then acts with. It is shown once
  and ends after at most 90 days. Everybody makes their own at `/people/me/tokens/`; whoever runs the server with
  `duzhan token USERNAME --name 'what it is for'`.
- Instants are ISO 8601 with an offset. Lists are pages: pass `next` as `after` until it is `null`.
- A move is a verb: `POST {PREFIX}problems/17/close`. `allowed_moves` of a problem says which are open to you now.
- `request_key`, a UUID of yours, makes a request that may be sent again: asked twice, done once, answered alike.
- A refusal is `{{"code", "message", "details"}}` with one of {", ".join(str(each) for each in sorted(ERRORS))};
  `message` is the sentence that the page would show, and nothing has changed."""
