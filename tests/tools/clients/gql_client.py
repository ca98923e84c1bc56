"""gql with the schema fetched from the gateway, so that it checks every document before it sends it."""

import sys
from pathlib import Path

from conversation import converse
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

text = Path(__file__).with_name("documents.graphql").read_text()

with Client(
    transport=HTTPXTransport(url=sys.argv[1]), fetch_schema_from_transport=True
) as session:

    def ask(operation, variables):
        request = GraphQLRequest(text, variable_values=variables, operation_name=operation)
        try:
            return session.execute(request), []
        except TransportQueryError as error:
            return error.data, error.errors

    converse(ask)
