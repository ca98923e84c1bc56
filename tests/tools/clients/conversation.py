"""How a test talks with a client: the same lines as conversation.mjs."""

import json
import sys
from collections.abc import Callable
from typing import Any


def shown(error: dict[str, Any]) -> dict[str, Any]:
    """What an error shows to the program that uses the client."""
    return {"message": error["message"], "code": (error.get("extensions") or {}).get("code")}


def converse(ask: Callable[[str, dict[str, Any]], tuple[Any, list[dict[str, Any]]]]) -> None:
    """Answers until standard input ends. `ask(operation, variables)` gives the data and the errors."""
    for line in sys.stdin:
        question = json.loads(line)
        data, errors = ask(question["operation"], question["variables"])
        print(json.dumps({"data": data, "errors": [shown(error) for error in errors]}), flush=True)
