"""What Schemathesis has to know of ledgate's GraphQL: the forms of its scalars, and what an answer has to be.

In GraphQL a question that asks for too much is answered with an error beside the data, which Schemathesis' own check
takes for a fault of the server.
"""

import re
from pathlib import Path

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

CATALOGUE = Path(__file__).parents[2] / "docs" / "errors.md"
CODES = set(re.findall(r"^\| `([A-Z_]+)` \|", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE))
OURS = {"INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE"}
MEDIA_TYPES = {"application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"}


def text(*known):
    """Each form that is right, and what is none."""
    return st.one_of(st.sampled_from(known), st.text(max_size=20)).map(nodes.String)


def json_object(fields):
    """Of these names and whole numbers."""
    named = [(graphql.NameNode(value=name), nodes.Int(str(number))) for name, number in fields.items()]
    return nodes.Object([graphql.ObjectFieldNode(name=name, value=value) for name, value in named])


scalar("CurrencyCode", text("EUR", "CHF", "JPY"))
scalar("Date", text("2026-01-31", "0001-01-01", "9999-12-31"))
scalar("DateTime", text("2026-01-31T12:00:00.000000Z", "2026-01-31T12:00:00+01:00", "9999-12-31T23:59:59Z"))
scalar("Decimal", text("0", "-12.50", "922337203685477.5807", "922337203685477.5808"))
scalar("SystemId", text("erp", "crm", "new.system_1:a-b"))
known = st.sampled_from(["entry/1", "system/erp", "export/2/erp", "event/1", "event/recorded/1"])
scalar("ID", st.one_of(st.integers(1, 60).map(str), known, st.text(max_size=20)).map(nodes.String))
scalar("Int", st.one_of(st.integers(1, 50), st.integers(-(2**31), 2**31 - 1)).map(str).map(nodes.Int))
scalar("JSONObject", st.dictionaries(st.sampled_from(["CostCentre", "and", "a"]), st.integers()).map(json_object))


class Less(graphql.Visitor):
    """Leaves out what is null, and what made-up cursors and a second size would only be refused for."""

    def enter_argument(self, node, *_):
        is_null = isinstance(node.value, graphql.NullValueNode)
        return graphql.REMOVE if is_null or node.name.value in ("after", "before", "last") else None

    def enter_object_field(self, node, *_):
        return graphql.REMOVE if isinstance(node.value, graphql.NullValueNode) else None


@schemathesis.hook
def map_body(ctx, body):
    """Makes every second question one that may well be answered: as they come, hardly any of a page is."""
    return graphql.visit(body, Less()) if len(graphql.print_ast(body)) % 2 == 0 else body


@schemathesis.check
def graphql_answer(ctx, response, case):
    """A GraphQL answer, in a media type of its own, whose errors are of the catalogue and none of them ours."""
    assert response.status_code == 200, f"status {response.status_code}"
    (content_type,) = response.headers["content-type"]
    assert content_type in MEDIA_TYPES, content_type
    answer = response.json()
    # What was refused before it ran did cost nothing.
    cost = answer.pop("extensions", {"cost": {}})["cost"]
    assert cost.keys() in (set(), {"requested", "actual", "available", "restoreRate"}), f"cost {cost}"
    assert all(number >= 0 for number in cost.values()), f"cost {cost}"
    assert answer.keys() in ({"data"}, {"errors"}, {"data", "errors"}), f"fields {list(answer)}"
    for error in answer.get("errors", []):
        code = error["extensions"]["code"]
        assert code in CODES, f"{code} is not in the catalogue"
        assert code not in OURS, f"{code}: {error['message']}"
        assert error["message"], f"{code} without a word"
