
# Arguments: the folder of the programs, `synchronous_commit`, the port of a server to be a replica of (or nothing), then ports
# to try. Reads the password, prints the port and the server's log once it answers, then does with it as it is told, up to the
# end of its standard input.
#
# Strings sort by a language's rules, as on most servers in the field, so that a query that counts on byte order is found out:
# where the server was built with ICU, PostgreSQL 15 on. The one from PyPI was not.
set -eu
bin=$1; commits=$2; primary=$3; shift 3
read -r password
cd /
folder=$(as mktemp -d "${TMPDIR:-/tmp}/ledgate-postgres.XXXXXX")
clean() {
    if [ -e "$folder/data/postmaster.pid" ]; then as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >&2 || :; fi
    rm -rf "$folder"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM
bin=$(programs "$bin" "$folder")

as touch "$folder/password" "$folder/log"
if [ -n "$primary" ]; then
    export PGPASSWORD="$password"
    as "$bin/pg_basebackup" -D "$folder/data" -h 127.0.0.1 -p "$primary" -U postgres \
        -R -c fast --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
else
    printf '%s\n' "$password" >"$folder/password"
    order=
    if as "$bin/initdb" --help | grep -q -e --icu-locale && ! as "$bin/pg_config" --configure | grep -q -e --without-icu; then
        order='--locale-provider=icu --icu-locale=en-US'
    fi
    as "$bin/initdb" -D "$folder/data" -U postgres --pwfile="$folder/password" --auth=password \
        --encoding=UTF8 --locale=C $order --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
fi

options='-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300'
options="$options -c log_line_prefix=%d:" # the database's name
options="$options -c fsync=off -c synchronous_commit=$commits -c full_page_writes=off" # no line break: pg_ctl ends there
for port; do
    if as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 -o "$options -p $port" start >&2; then
        echo "$port $folder/log"
        exec 2>/dev/null
        while read -r word how; do
            case $word in
            stop) as "$bin/pg_ctl" -D "$folder/data" -w -m "$how" stop >&2 ;;
            start) as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 -o "$options -p $port" start >&2 ;;
            # Not of its children: they end by themselves, in a moment.
            kill) kill -9 "$(head -n 1 "$folder/data/postmaster.pid")" ;;
            promote) as "$bin/pg_ctl" -D "$folder/data" -w -t 60 promote >&2 ;;
            esac
            echo done
        done
        exit 0
    fi
    cat "$folder/log" >&2
done
exit 1
