//! The `kerbside` program: see `kerbside --help`.

fn main() -> std::process::ExitCode {
    kerbside::cli::main()
}
