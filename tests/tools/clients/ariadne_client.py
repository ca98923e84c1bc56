"""The client that ariadne-codegen generated into the package `ledger`: typed arguments in, pydantic models out."""

import inspect
import re
import sys
from typing import Union, get_args

from conversation import converse
from ledger import Client
from ledger.base_model import UnsetType
from ledger.exceptions import GraphQLClientGraphQLMultiError
from pydantic import TypeAdapter


def snake(name):
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return "filter_" if snake == "filter" else snake


def typed(annotation, value):
    """A test gives JSON; who writes Python gives the type that the method asks for."""
    types = tuple(one for one in get_args(annotation) if one is not UnsetType)
    return TypeAdapter(Union[types] if types else annotation).validate_python(value)


with Client(sys.argv[1]) as client:

    def ask(operation, variables):
        method = getattr(client, snake(operation))
        parameters = inspect.signature(method).parameters
        arguments = {
            snake(name): typed(parameters[snake(name)].annotation, value)
            for name, value in variables.items()
        }
        try:
            return method(**arguments).model_dump(mode="json", by_alias=True), []
        except GraphQLClientGraphQLMultiError as error:
            errors = [{"message": one.message, "extensions": one.extensions} for one in error.errors]
            return error.data, errors

    converse(ask)
