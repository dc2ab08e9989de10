//! A disk that fails at a chosen call, and one that forgets what was not made safe when its computer dies.
#![allow(dead_code)]

use kerbside::record::storage::{Disk, Output, Storage};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What goes wrong at the chosen call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// The disk is full from there on.
    Full,
    /// That call fails.
    Faulty,
    /// Half of the bytes are written, then the disk is full.
    Short,
    /// The process dies before the call: what was written so far stays.
    Killed,
    /// The computer dies before the call: what was not synced is gone, names too.
    Forgets,
    /// The same, but half of what was appended and not synced is there.
    Torn,
}

pub const ALL: [Fails; 6] = [Fails::Full, Fails::Faulty, Fails::Short, Fails::Killed, Fails::Forgets, Fails::Torn];

/// What a power cut leaves: the bytes of each file, and which names lead to it.
#[derive(Debug, Default)]
struct Safe {
    /// By number: bytes as of the last sync.
    files: Vec<Vec<u8>>,
    /// Names as they are, and the file's number; none for a folder.
    now: BTreeMap<PathBuf, Option<usize>>,
    /// Names as of the last sync of their folder.
    named: BTreeMap<PathBuf, Option<usize>>,
}

#[derive(Debug)]
struct State {
    calls: usize,
    safe: Safe,
}

/// The failing disk: it works on a real folder, so that readers read what is there.
#[derive(Debug, Clone)]
pub struct Frail {
    root: PathBuf,
    fails: Fails,
    at: usize,
    state: Arc<Mutex<State>>,
}

fn full() -> Error {
    Error::new(ErrorKind::StorageFull, "No space left on device")
}

impl Frail {
    /// Fails at call `at`, from 0, of all calls below `root`; what is there now is safe.
    pub fn new(root: &Path, fails: Fails, at: usize) -> Self {
        let mut safe = Safe::default();
        take_stock(root, &mut safe);
        safe.named = safe.now.clone();
        Self { root: root.to_path_buf(), fails, at, state: Arc::new(Mutex::new(State { calls: 0, safe })) }
    }

    /// One that never fails, and spares the disk below it all syncing.
    pub fn whole(root: &Path) -> Self {
        Self::new(root, Fails::Faulty, usize::MAX)
    }

    pub fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    /// Counts a call; whether it may be done, and for a short write that half of it may.
    fn may(&self) -> std::result::Result<(), (Error, bool)> {
        let mut state = self.state.lock().unwrap();
        let call = state.calls;
        state.calls += 1;
        let died = || Err((Error::other("Input/output error (the computer died)"), false));
        match self.fails {
            _ if call < self.at => Ok(()),
            Fails::Full => Err((full(), false)),
            Fails::Faulty if call == self.at => Err((Error::other("Input/output error"), false)),
            Fails::Faulty => Ok(()),
            Fails::Short => Err((full(), call == self.at)),
            Fails::Killed | Fails::Forgets | Fails::Torn => died(),
        }
    }

    fn must(&self) -> Result<()> {
        self.may().map_err(|(error, _)| error)
    }

    /// After a power cut: the folder holds what was safe.
    pub fn power_cut(&self) {
        if !matches!(self.fails, Fails::Forgets | Fails::Torn) {
            return;
        }
        let state = self.state.lock().unwrap();
        let mut left: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        let mut folders = Vec::new();
        for (path, file) in &state.safe.named {
            let reached = path.ancestors().skip(1).take_while(|above| *above != self.root);
            let mut reached = reached.filter(|above| above.starts_with(&self.root));
            if !reached.all(|above| state.safe.named.contains_key(above)) {
                continue;
            }
            let Some(n) = file else {
                folders.push(path.clone());
                continue;
            };
            let mut bytes = state.safe.files[*n].clone();
            let now =
                state.safe.now.iter().find(|(_, file)| **file == Some(*n)).map(|(path, _)| fs::read(path).unwrap());
            if let (Fails::Torn, Some(now)) = (self.fails, now)
                && now.starts_with(&bytes)
            {
                let more = (now.len() - bytes.len()).div_ceil(2);
                bytes = now[..bytes.len() + more].to_vec();
            }
            left.push((path.clone(), bytes));
        }
        for entry in fs::read_dir(&self.root).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        for folder in folders {
            fs::create_dir_all(folder).unwrap();
        }
        for (path, bytes) in left {
            fs::write(path, bytes).unwrap();
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Safe) -> T) -> T {
        change(&mut self.state.lock().unwrap().safe)
    }
}

fn take_stock(folder: &Path, safe: &mut Safe) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            safe.now.insert(path.clone(), None);
            take_stock(&path, safe);
        } else {
            safe.files.push(fs::read(&path).unwrap());
            safe.now.insert(path, Some(safe.files.len() - 1));
        }
    }
}

struct FrailFile {
    disk: Frail,
    n: usize,
    path: PathBuf,
    file: Box<dyn Output>,
}

impl Output for FrailFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        match self.disk.may() {
            Ok(()) => self.file.append(bytes),
            Err((error, half)) => {
                if half {
                    self.file.append(&bytes[..bytes.len() / 2]).unwrap();
                }
                Err(error)
            }
        }
    }

    fn sync(&mut self) -> Result<()> {
        self.disk.must()?;
        let bytes = fs::read(&self.path).unwrap();
        self.disk.with(|safe| safe.files[self.n] = bytes);
        Ok(())
    }
}

impl Storage for Frail {
    fn create_folder(&self, path: &Path) -> Result<()> {
        self.must()?;
        Disk.create_folder(path)?;
        self.with(|safe| safe.now.insert(path.to_path_buf(), None));
        Ok(())
    }

    fn create(&self, path: &Path) -> Result<Box<dyn Output>> {
        self.must()?;
        let file = Disk.create(path)?;
        let n = self.with(|safe| {
            safe.files.push(Vec::new());
            safe.now.insert(path.to_path_buf(), Some(safe.files.len() - 1));
            safe.files.len() - 1
        });
        Ok(Box::new(FrailFile { disk: self.clone(), n, path: path.to_path_buf(), file }))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Output>> {
        self.must()?;
        let file = Disk.open(path)?;
        let n = self.with(|safe| safe.now[path].unwrap());
        Ok(Box::new(FrailFile { disk: self.clone(), n, path: path.to_path_buf(), file }))
    }

    fn sync_folder(&self, path: &Path) -> Result<()> {
        self.must()?;
        self.with(|safe| {
            safe.named.retain(|name, _| name.parent() != Some(path));
            let here = safe.now.iter().filter(|(name, _)| name.parent() == Some(path));
            let here: Vec<_> = here.map(|(name, file)| (name.clone(), *file)).collect();
            safe.named.extend(here);
        });
        Ok(())
    }

    fn truncate(&self, path: &Path, bytes: u64) -> Result<()> {
        self.must()?;
        fs::File::options().write(true).open(path)?.set_len(bytes)?;
        let now = fs::read(path).unwrap();
        self.with(|safe| {
            let n = safe.now[path].unwrap();
            safe.files[n] = now;
        });
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.must()?;
        Disk.rename(from, to)?;
        self.with(|safe| {
            let file = safe.now.remove(from).unwrap();
            safe.now.insert(to.to_path_buf(), file);
            if file.is_none() {
                // A folder moves with what is in it; taken to be safe at once.
                for names in [&mut safe.now, &mut safe.named] {
                    let inside: Vec<PathBuf> = names.keys().filter(|name| name.starts_with(from)).cloned().collect();
                    for name in inside {
                        let file = names.remove(&name).unwrap();
                        names.insert(to.join(name.strip_prefix(from).unwrap()).components().collect(), file);
                    }
                }
                safe.named.insert(to.to_path_buf(), None);
            }
        });
        Ok(())
    }

    fn remove_folder(&self, path: &Path) -> Result<()> {
        self.must()?;
        Disk.remove_folder(path)?;
        self.with(|safe| safe.now.remove(path));
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<()> {
        self.must()?;
        Disk.remove(path)?;
        self.with(|safe| safe.now.remove(path));
        Ok(())
    }
}
