"""Whether a signal is signed as its receiver expects: by the PyPI package of Standard Webhooks. Reads {secrets, headers, body}
from standard input, and prints for each secret what was verified, or why it was not."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def verdict(secret, headers, body):
    try:
        return Webhook(secret).verify(body, headers)
    except WebhookVerificationError as error:
        return type(error).__name__


signal = json.load(sys.stdin)
print(json.dumps([verdict(secret, signal["headers"], signal["body"]) for secret in signal["secrets"]]))
