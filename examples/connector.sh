#!/bin/sh
# Posts vouchers to an ERP over HTTP: a connector for `ledgate work` in POSIX shell, with curl and jq (1.5 or newer).
# Reads a voucher a line from standard input, writes a result a line to standard output. ERP_URL says where to post.
set -u

: "${ERP_URL:?says where to post, such as http://127.0.0.1:9000/documents}"
for tool in curl jq; do
    command -v "$tool" >/dev/null || { echo "connector.sh: $tool is not installed" >&2; exit 1; }
done

newline='
'
result='
    (try ($answer | fromjson) catch null) as $told
    | {voucher_id, dispatch_key} + (
        if ($status == "200" or $status == "201") and ($told | type) == "object" and $told.id != null then
            {reference: {id: ($told.id | tostring), url: $told.url}}
        elif $status == "422" and ($told | type) == "object" then
            {error: {type: $told.type, reason: $told.reason}}
        elif $status == "000" then
            {error: {type: "UNAVAILABLE", reason: "the ERP does not answer"}}
        else
            {error: {
                type: (if $status == "401" or $status == "403" then "PERMISSION"
                    elif $status == "429" then "RATE_LIMITED"
                    elif $status >= "500" then "UNAVAILABLE"
                    else "OTHER" end),
                reason: "the ERP answered with status \($status)"
            }}
        end
    )'

while IFS= read -r voucher; do
    # The same over all attempts: the ERP answers a second call with the document of the first.
    key=$(printf '%s\n' "$voucher" | jq -r .dispatch_key)
    # The status stands on a line of its own behind the answer; it is 000 where there is none.
    answer=$(printf '%s\n' "$voucher" | curl --silent --show-error --max-time 30 \
        --header 'Content-Type: application/json' --header "Idempotency-Key: $key" \
        --data-binary @- --write-out '\n%{http_code}' "$ERP_URL") || answer="${newline}000"
    printf '%s\n' "$voucher" | jq -c --arg status "${answer##*"$newline"}" --arg answer "${answer%"$newline"*}" "$result"
done
