//! A PostgreSQL server that can be stopped, killed and started, with its own settings for what survives: an
//! acknowledged commit does.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use crate::postgres_programs::{binaries, free_ports};

/// The database that gateways use: the one that a new server has.
const DATABASE: &str = "postgres";

/// Arguments: the folder of the programs, the folder for the data, a port. Obeys one word a line, and answers each
/// with one line; ends the server when its standard input ends.
const SUPERVISOR: &str = concat!(
    include_str!("../it/support/postgres_user.sh"),
    r#"
data=$2/postgres port=$3
cd /
trap '' HUP INT TERM
# Not on the disk of the data, which is small.
copy=$(mktemp -d) && chmod a+rx "$copy"
trap 'rm -rf "$copy"' EXIT
bin=$(programs "$1" "$copy")
start() {
    # After a crash the old processes may need a moment to let go.
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        as "$bin/pg_ctl" -D "$data" -l "$data.log" -w -t 60 start >/dev/null 2>&1 && return 0
        sleep 0.5
    done
    return 1
}
stop() { as "$bin/pg_ctl" -D "$data" -m "$1" -w -t 30 stop >/dev/null 2>&1; }
running() { as "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; }
answer() { if "$@"; then echo done; else echo failed; fi; }

if ! as "$bin/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 --locale=C >/dev/null 2>&1; then
    echo 'initdb failed'
    exit 1
fi
cat >>"$data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 60
max_wal_size = 64MB
min_wal_size = 32MB
shared_buffers = 32MB
END
answer start
while read -r word; do
    case $word in
        start) answer start ;;
        stop) answer stop immediate ;;
        restart) stop fast; answer start ;;
        # Not of its children: they end by themselves, in a moment.
        kill) answer kill -9 "$(head -n 1 "$data/postmaster.pid")" ;;
        running) answer running ;;
    esac
done
stop immediate
"#
);

/// The server.
pub struct Postgres {
    /// Where it listens.
    pub port: u16,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _supervisor: Child,
}

impl Postgres {
    /// Makes one with its data below the folder, and an empty database.
    pub fn start(folder: &Path) -> Self {
        let binaries = binaries();
        let port = free_ports()[0];
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "ledgate-torture-postgres"])
            .args([&binaries, &folder.to_path_buf()])
            .arg(port.to_string())
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = supervisor.stdin.take().unwrap();
        let stdout = BufReader::new(supervisor.stdout.take().unwrap());
        let postgres = Self { port, pipes: Mutex::new((stdin, stdout)), _supervisor: supervisor };
        assert!(postgres.answer(), "PostgreSQL cannot be started in {}", folder.display());
        postgres
    }

    /// Has the server do something: `start`, `stop` (immediate), `restart`, `kill`, `running`. Tells whether it was
    /// done.
    pub fn order(&self, word: &str) -> bool {
        writeln!(self.pipes.lock().unwrap().0, "{word}").unwrap();
        self.answer()
    }

    fn answer(&self) -> bool {
        let mut line = String::new();
        self.pipes.lock().unwrap().1.read_line(&mut line).unwrap();
        line.trim() == "done"
    }

    /// The address of the database at this port, which may be a proxy's.
    pub fn url(port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/{DATABASE}")
    }
}
