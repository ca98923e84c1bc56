#!/usr/bin/env python3
"""Posts vouchers to an ERP over HTTP: a connector for `ledgate work`, with nothing but Python's standard library.

Reads a voucher a line from standard input, writes a result a line to standard output. ERP_URL says where to post.
"""

import http.client
import json
import os
import sys
import urllib.error
import urllib.request

ERP_URL = os.environ["ERP_URL"]
TIMEOUT = 30  # seconds


def post(voucher):
    """Posts one voucher, and gives what became of it."""
    request = urllib.request.Request(
        ERP_URL,
        data=json.dumps(voucher).encode(),
        headers={
            "Content-Type": "application/json",
            # The same over all attempts: the ERP answers a second call with the document of the first.
            "Idempotency-Key": voucher["dispatch_key"],
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            document = json.load(answer)
        return {"reference": {"id": str(document["id"]), "url": document.get("url")}}
    except urllib.error.HTTPError as refusal:
        return failure(refusal)
    except (OSError, http.client.HTTPException) as error:
        # Nobody listens, the connection broke, or the time was up.
        return {"error": {"type": "UNAVAILABLE", "reason": f"the ERP does not answer: {error}"}}


def failure(refusal):
    """What an answer other than 2xx means."""
    if refusal.code == 422:
        told = json.load(refusal)
        return {"error": {"type": told["type"], "reason": told["reason"]}}
    kinds = {401: "PERMISSION", 403: "PERMISSION", 429: "RATE_LIMITED"}
    kind = kinds.get(refusal.code, "UNAVAILABLE" if refusal.code >= 500 else "OTHER")
    return {"error": {"type": kind, "reason": f"the ERP answered with status {refusal.code}"}}


for line in sys.stdin:
    voucher = json.loads(line)
    result = {"voucher_id": voucher["voucher_id"], "dispatch_key": voucher["dispatch_key"], **post(voucher)}
    # Flushed at once: what ledgate has read is safe, whatever happens to this program.
    print(json.dumps(result), flush=True)
