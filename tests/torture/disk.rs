//! A small file system for the database: it can be filled, and made read-only. A tmpfs where this process may mount
//! one; else a folder, and the faults of disks are not tried.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Room for a database, its log and little else.
const MEGABYTES: u64 = 400;

/// Mounts, says so, and takes the mount away when its standard input ends: when this process does, SIGKILL included.
const SUPERVISOR: &str = r#"
folder=$(mktemp -d "${TMPDIR:-/tmp}/ledgate-torture.XXXXXX")
chmod 755 "$folder"
mounted=no
reason=$(mount -t tmpfs -o "size=$1m,mode=1777" ledgate-torture "$folder" 2>&1) && mounted=yes
clean() {
    chattr -R -i "$folder" 2>/dev/null
    if [ $mounted = yes ]; then umount "$folder" 2>/dev/null || umount -l "$folder"; fi
    rm -rf "$folder"
}
trap clean EXIT
trap '' HUP INT TERM
if [ $mounted = no ]; then chmod 1777 "$folder"; fi
echo "$mounted $folder $reason"
cat >/dev/null
# Those who use it end when this process does.
sleep 1
"#;

/// The file system.
pub struct Disk {
    /// Where it is mounted.
    pub folder: PathBuf,
    /// Why it is no file system of its own, if it is none.
    pub not_mounted: Option<String>,
    _supervisor: Child,
}

impl Disk {
    /// Mounts it.
    pub fn mount() -> Self {
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "ledgate-torture", &MEGABYTES.to_string()])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut answer = String::new();
        BufReader::new(supervisor.stdout.take().unwrap()).read_line(&mut answer).unwrap();
        let mut words = answer.trim().splitn(3, ' ');
        let mounted = words.next() == Some("yes");
        let folder = PathBuf::from(words.next().unwrap());
        let not_mounted = (!mounted).then(|| words.next().unwrap_or("it cannot be mounted").to_owned());
        Self { folder, not_mounted, _supervisor: supervisor }
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut file = std::fs::File::create(self.ballast()).unwrap();
        // Smaller and smaller pieces, since a piece that does not fit may not be written at all.
        for size in [1 << 20, 1 << 12, 1] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    /// Gives the room back.
    pub fn empty(&self) {
        std::fs::remove_file(self.ballast()).ok();
    }

    /// Makes all files below it immutable, or mutable again. Gives why not.
    pub fn freeze(&self, frozen: bool) -> Result<(), String> {
        run(Command::new("chattr").args(["-R", if frozen { "+i" } else { "-i" }]).arg(&self.folder))
    }

    /// Mounts it read-only, or for writing again. Nothing may have a file on it open for writing.
    pub fn read_only(&self, read_only: bool) -> Result<(), String> {
        let options = if read_only { "remount,ro" } else { "remount,rw" };
        run(Command::new("mount").args(["-o", options]).arg(&self.folder))
    }

    fn ballast(&self) -> PathBuf {
        Path::new(&self.folder).join("ballast")
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
