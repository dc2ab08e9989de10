//! The command line: arguments in, plain words out.

mod analyze;
mod args;
mod check;
mod codebook;
mod collect;
mod demo;
mod derive;
mod exclude;
mod export;
mod free;
mod gap;
mod instruments;
mod map;
mod people;
mod plan;
mod plan_text;
mod power;
mod preflight;
mod render;
mod run;
mod say;
mod standin;
mod withdraw;

use crate::problem::Problems;
use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

/// Runs the program: 0 when all is well, 1 when something is wrong, 2 for wrong arguments.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.command {
        Command::Demo(demo) => demo::demo(demo),
        Command::Enrol(enrol) => people::enrol(enrol),
        Command::Plan(plan) => plan::plan(plan),
        Command::Check(check) => preflight::check(check),
        Command::Run(run) => run::run(run),
        Command::Status(status) => people::status(status),
        Command::Drop(drop) => people::drop_out(drop),
        Command::Verify(verify) => check::verify(verify),
        Command::Replay(replay) => check::replay(replay),
        Command::Measure(measure) => derive::measure(measure),
        Command::Report(report) => derive::report(report),
        Command::Instruments(instruments) => instruments::instruments(instruments),
        Command::Map(map) => map::map(map),
        Command::Render(render) => render::render(render),
        Command::Codebook(codebook) => codebook::codebook(codebook),
        Command::Analyze(analyze) => analyze::analyze(analyze),
        Command::Gap(gap) => gap::gap(gap),
        Command::Power(power) => power::power(power),
        Command::Collect(collect) => collect::collect(collect),
        Command::Exclude(exclude) => exclude::exclude(exclude),
        Command::Export(export) => export::export(export),
        Command::Withdraw(withdraw) => withdraw::withdraw(withdraw),
        Command::CarlaStandin(standin) => standin::standin(standin),
        Command::CarlaFree(asked) => free::free(asked),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => complain(&problems),
    }
}

fn complain(problems: &Problems) -> ExitCode {
    say::problems(problems);
    ExitCode::FAILURE
}
