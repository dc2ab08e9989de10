//! `kerbside map` as people and programs meet it: every case a run of the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[test]
fn placeholder() {
    assert!(std::path::Path::new(env!("CARGO_BIN_EXE_kerbside")).exists());
}
