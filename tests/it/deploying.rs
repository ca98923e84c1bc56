//! What `deploy/` gives operators to begin with: the unit of systemd, its settings, nginx. The tests run where systemd does
//! not, so the unit is not started; its commands are run under its restrictions, as far as bubblewrap has them.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use ledgate::config::{Overrides, Settings};
use serde_json::Value;
use tempfile::TempDir;

use crate::command_line::socket::{ask, mode};
use crate::support::nginx::{Nginx, PREFIX};
use crate::support::program::{PROGRAM, Program, Ran, Serving};

const UNIT: &str = include_str!("../../deploy/systemd/ledgate.service");
const SETTINGS: &str = include_str!("../../deploy/ledgate.toml");
const NGINX: &str = include_str!("../../deploy/nginx/ledgate.conf");
const CADDY: &str = include_str!("../../deploy/caddy/Caddyfile");
const DOCKERFILE: &str = include_str!("../../deploy/docker/Dockerfile");

/// Where the package puts the program.
const INSTALLED: &str = "/usr/bin/ledgate";

/// The values that the unit has for a setting.
fn values(setting: &str) -> Vec<&'static str> {
    UNIT.lines().filter_map(|line| line.strip_prefix(setting)?.strip_prefix('=')).collect()
}

/// The value of a setting that stands there once.
fn value(setting: &str) -> &'static str {
    let [value] = values(setting)[..] else { panic!("the unit has {setting} not once") };
    value
}

/// Runs a program of others to its end.
fn run(command: &mut Command) -> Ran {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be run ({error}): scripts/setup installs it"));
    Ran::of(child)
}

#[test]
fn systemd_takes_the_unit_and_finds_little_exposed() {
    let folder = TempDir::new().unwrap();
    let unit = folder.path().join("ledgate.service");
    // It looks for the program, too.
    std::fs::write(&unit, UNIT.replace(INSTALLED, PROGRAM)).unwrap();
    let verified =
        run(Command::new("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=no"]).arg(&unit));
    assert_eq!(verified.code, 0, "{}", verified.output());
    // From 0 to 100. It was 12 with the systemd 252 of Debian 12.
    let judged = run(Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=15"])
        .arg(&unit));
    assert_eq!(judged.code, 0, "{}", judged.output());
}

/// Folders and settings for the unit's commands.
struct Machine(TempDir);

impl Machine {
    /// With these settings.
    fn new(settings: &str) -> Self {
        let machine = Self(TempDir::new().unwrap());
        std::fs::write(machine.path("ledgate.toml"), settings).unwrap();
        for name in ["state", "runtime"] {
            std::fs::create_dir(machine.path(name)).unwrap();
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A command of the unit. As under systemd it is a user without rights, all of the file system is read-only but for
    /// the unit's folders and a /tmp of its own, and the environment is the unit's. Beyond what systemd does, nothing of
    /// this machine is there but the libraries.
    fn command(&self, setting: &str) -> Command {
        let mut command = Command::new("bwrap");
        command.args([
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--uid",
            "61184",
            "--cap-drop",
            "ALL",
        ]);
        command.args(["--die-with-parent", "--new-session", "--clearenv"]);
        command.args(["--ro-bind", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64"]);
        command.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"]);
        for (kind, here, there) in [
            ("--bind", self.path("state"), format!("/var/lib/{}", value("StateDirectory"))),
            ("--bind", self.path("runtime"), format!("/run/{}", value("RuntimeDirectory"))),
            ("--ro-bind", self.path("ledgate.toml"), "/etc/ledgate/ledgate.toml".to_owned()),
            ("--ro-bind", PathBuf::from(PROGRAM), INSTALLED.to_owned()),
        ] {
            command.arg(kind).arg(here).arg(there);
        }
        command.args(["--remount-ro", "/", "--chdir", value("WorkingDirectory")]);
        for variable in values("Environment") {
            let (name, value) = variable.split_once('=').unwrap();
            command.args(["--setenv", name, value]);
        }
        command.args(value(setting).split(' '));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_unit_work_under_its_restrictions() {
    let listen = "listen = \"unix:/run/ledgate/ledgate.sock\"";
    let settings =
        SETTINGS.replace("listen = \"127.0.0.1:8080\"\n", "").replace(&format!("# {listen}"), listen);
    assert!(settings.contains(&format!("\n{listen}\n")) && !settings.contains(":8080"), "{settings}");
    let machine = Machine::new(&settings);

    let migrated = run(&mut machine.command("ExecStartPre"));
    assert_eq!(migrated.code, 0, "{}", migrated.output());
    let serving = Serving::start(&mut machine.command("ExecStart")).await;
    let socket = machine.path("runtime/ledgate.sock");
    // It is ready when the database could be written.
    let ready = ask(&socket, "GET /readyz HTTP/1.1\r\nhost: localhost\r\n").await;
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert_eq!((mode(&socket), mode(&machine.path("state/ledgate.db"))), (0o660, 0o600));
    drop(serving);
}

#[test]
fn the_samples_agree_with_the_program_and_with_each_other() {
    let load = |settings: &str| {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("ledgate.toml"), settings).unwrap();
        Settings::load_from(&Overrides::default(), Vec::new(), folder.path()).unwrap()
    };
    let settings = load(SETTINGS);
    let stop: u64 = value("TimeoutStopSec").parse().unwrap();
    assert!(Duration::from_secs(stop) > settings.http.shutdown_deadline(), "running requests would be cut");
    assert_eq!(settings.database.url.expose(), format!("sqlite://{}/ledgate.db", value("WorkingDirectory")));
    assert_eq!(settings.http.import_limit_bytes, 8 << 30);
    assert!(NGINX.contains("client_max_body_size 8g;") && CADDY.contains("max_size 8GiB"));
    for sample in [NGINX, CADDY] {
        assert!(sample.contains(settings.http.listen.as_str()), "{sample}");
        assert!(sample.contains("/run/ledgate/ledgate.sock"), "{sample}");
    }
    // What stands in comments can be taken as it is.
    let without_address = SETTINGS.replace("listen = \"127.0.0.1:8080\"\n", "");
    let all = without_address.replace("\n# listen", "\nlisten").replace("\n# hosts", "\nhosts");
    let settings = load(&all.replace("\n# [metrics]", "\n[metrics]"));
    assert!(settings.http.listen.unix_path().is_some() && settings.metrics.listen.is_some());
    assert_eq!(settings.http.hosts.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_check_of_the_image_is_a_command_that_tells_who_is_ready() {
    let (_, check) = DOCKERFILE.split_once("\nHEALTHCHECK ").unwrap();
    let (_, command) = check.lines().next().unwrap().split_once(" CMD ").unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    assert_eq!(command[0], INSTALLED);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let mut program = Program::on_sqlite();
    let serving = program.serve(&[]).await;
    program.set("LEDGATE_HTTP_LISTEN", serving.url.trim_start_matches("http://"));
    program.ok(&arguments);
    drop(serving);
    assert_eq!(program.run(&arguments).code, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_shows_the_gateway_under_its_prefix_and_tells_who_calls() {
    let program = Program::on_sqlite();
    let mut serving = program.serve(&[]).await;
    let nginx = Nginx::as_deployed(&serving.url);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let at = |path: &str| format!("{}{PREFIX}{path}", nginx.url);

    let forged = client.get(at("/v10/export-systems")).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(forged.send().await.unwrap().status(), 200);
    let line = serving.logged("answered").await;
    assert_eq!(line["span"]["forwarded_for"], "127.0.0.1", "{line}");

    // The slash is put there, and what the page names is found from there.
    let page = client.get(at("")).send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.url().as_str()), (200, at("/").as_str()));
    let page = page.text().await.unwrap();
    let script = page.split('"').find(|text| text.ends_with(".js")).expect("a page has its script");
    assert_eq!(client.get(at(&format!("/{script}"))).send().await.unwrap().status(), 200, "{script}");
    let beside = client.get(format!("{}/graphql", nginx.url)).send().await.unwrap();
    assert_eq!(beside.status(), 404, "there is nothing of ours beside the prefix");

    // nginx by itself takes 1 MiB. It is ledgate that refuses, and says why.
    let large =
        client.post(at("/graphql")).header("content-type", "application/json").body(vec![b' '; 3 << 20]);
    let refused = large.send().await.unwrap();
    assert_eq!(refused.status(), 413);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE", "{refused}");
}
