//! Disks of their own: small, so that they can be filled; ext4, so that the kernel can take them for broken.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// How large a small disk is.
const SMALL: &str = "size=24m";
/// How large the image of an ext4 disk is, in bytes.
const IMAGE: u64 = 128 * 1024 * 1024;

/// A mounted disk. It goes when it is dropped.
#[derive(Debug)]
pub(super) struct Disk {
    dir: TempDir,
    /// The loop device of an ext4 disk. Kept over a mend: another would not see what this one has in memory.
    device: Option<String>,
}

impl Disk {
    /// A small one, in memory.
    ///
    /// # Errors
    /// Why this machine has none to give.
    pub(super) fn small() -> Result<Self, String> {
        let disk =
            Self { dir: TempDir::with_prefix("linktor-disk-").map_err(|error| error.to_string())?, device: None };
        fs::create_dir(disk.mounted()).map_err(|error| error.to_string())?;
        run("mount", &["-t", "tmpfs", "-o", SMALL, "tmpfs", &disk.mounted().to_string_lossy()])?;
        Ok(disk)
    }

    /// An ext4 file system in a file. Without a journal: with one, what is flushed in the moment of the abort is said to be on the disk
    /// and is not.
    ///
    /// # Errors
    /// Why this machine has none to give.
    pub(super) fn breakable() -> Result<Self, String> {
        let dir = TempDir::with_prefix("linktor-disk-").map_err(|error| error.to_string())?;
        let image = dir.path().join("image");
        File::create(&image).and_then(|file| file.set_len(IMAGE)).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-q", "-F", "-O", "^has_journal", &image.to_string_lossy()])?;
        let device = run("losetup", &["--find", "--show", &image.to_string_lossy()])?;
        let disk = Self { dir, device: Some(device) };
        fs::create_dir(disk.mounted()).map_err(|error| error.to_string())?;
        disk.mount()?;
        Ok(disk)
    }

    fn mounted(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    /// A directory on it for the host.
    pub(super) fn dir(&self) -> PathBuf {
        self.mounted().join("data")
    }

    fn ballast(&self) -> PathBuf {
        self.mounted().join("ballast")
    }

    /// Takes all room that is left.
    pub(super) fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.ballast()).expect("a file on a small disk");
        let mut piece = 64 * 1024;
        while piece > 0 {
            if file.write_all(&vec![0; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    /// Gives the room back.
    pub(super) fn free(&self) {
        fs::remove_file(self.ballast()).expect("the file that fills the disk");
    }

    /// The kernel lets nobody write any more, whatever is open: as when it finds a disk broken.
    pub(super) fn make_read_only(&self) {
        run("mount", &["-o", "remount,abort", &self.mounted().to_string_lossy()])
            .expect("a file system that can be aborted");
    }

    /// Brings it back as it was written.
    pub(super) fn mend(&self) {
        run("umount", &[&self.mounted().to_string_lossy()]).expect("nobody is on the disk");
        self.mount().expect("the disk was mounted before");
    }

    fn mount(&self) -> Result<(), String> {
        let device = self.device.as_deref().unwrap_or_default();
        // 1 means that it has been mended.
        let _mended = Command::new("e2fsck").args(["-p", device]).output();
        run("mount", &[device, &self.mounted().to_string_lossy()]).map(drop)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a host of a failed scenario may still be on it. Nobody can be told if even this fails.
        drop(run("umount", &["-l", &self.mounted().to_string_lossy()]));
        if let Some(device) = &self.device {
            drop(run("losetup", &["--detach", device]));
        }
    }
}

/// Runs it, and returns what it said.
fn run(program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said.trim().to_owned()) } else { Err(format!("{program}: {}", complained.trim())) }
}
