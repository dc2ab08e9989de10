//! `kerbside render`: a trial as image files, and as a sound file.

use super::args::{Render, ViewArg};
use super::run::read_study;
use super::say;
use crate::lab::{Footage, Overrides, Shot, Span, Studio, View, soundtrack};
use crate::picture::Pixels;
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::{Holds, holds, must_be_empty, unwritable};
use crate::sound::{RATE_HZ, wav};
use crate::study::Whose;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The simulated participant of a study that is only looked at.
const NOBODY: &str = "PREVIEW";
/// A sequence has at most so many pictures.
const MOST_PICTURES: f64 = 100_000.0;

/// Draws one picture or a sequence, writes what is heard, or both.
pub fn render(args: &Render) -> Outcome<()> {
    let bar = say::progress("reading", 0);
    let footage = footage(args)?;
    let span = footage.span()?;
    if let Some(out) = &args.sound {
        hear(args, &footage, span, out)?;
    }
    if let Some(out) = &args.out {
        draw(args, &footage, span, out, &bar)?;
    }
    Ok(())
}

/// Writes what the participant hears.
fn hear(args: &Render, footage: &Footage, span: Span, out: &Path) -> Outcome<()> {
    const TOO_LONG: &str = "is longer than a WAV file can be";
    if args.out.is_some() && args.frames.is_none() {
        let what = "with --sound, --out is the folder of a sequence";
        return Err(Problem::new(
            Place::default().part("--out"),
            what,
            "say which part with --frames, or leave it out",
        )
        .into());
    }
    named(out, "wav", "a WAV file, and sound is one")?;
    let (from_s, to_s) = match args.frames {
        Some((from_s, to_s)) => (inside(args, span, "--frames", from_s)?, inside(args, span, "--frames", to_s)?),
        None => (span.from_s, span.to_s),
    };
    let heard = soundtrack(footage)?;
    let sample = |at_s: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let n = ((at_s - span.from_s) * f64::from(RATE_HZ)).round().max(0.0) as usize;
        n.min(heard.len())
    };
    let part = heard.get(sample(from_s)..sample(to_s)).unwrap_or_default();
    let bytes = wav(part).ok_or_else(|| Problem::file(out.display(), TOO_LONG, "take a shorter part with --frames"))?;
    std::fs::write(out, bytes).map_err(|e| unwritable(out, &e))?;
    let loudest = part.iter().flatten().fold(0.0_f32, |most, value| most.max(value.abs()));
    let loudest_dbfs = 20.0 * loudest.log10();
    let (n, length_s) = (footage.setup.trial_n, to_s - from_s);
    if args.json {
        let said = json!({
            "file": out, "trial_n": n, "from_s": from_s, "to_s": to_s, "rate_hz": RATE_HZ, "samples": part.len(),
            // JSON has no infinity: silence is null.
            "loudest_dbfs": loudest_dbfs.is_finite().then_some(loudest_dbfs),
        });
        return Ok(say::line(said.to_string())?);
    }
    let loudest =
        if loudest > 0.0 { format!("the loudest sample {loudest_dbfs:.1} dB of full scale") } else { "silence".into() };
    Ok(say::line(format!("{length_s:.2} s of trial {n} as heard, {loudest}: {}", out.display()))?)
}

/// Draws one picture or a sequence.
fn draw(args: &Render, footage: &Footage, span: Span, out: &Path, bar: &ProgressBar) -> Outcome<()> {
    let times_s = times(args, span)?;
    let sequence = args.frames.is_some();
    check_out(out, sequence)?;
    let mut studio = Studio::new(footage, args.size)?;
    if sequence {
        std::fs::create_dir_all(out).map_err(|e| unwritable(out, &e))?;
    }
    bar.set_prefix("drawing");
    bar.set_length(times_s.len() as u64);
    let filmed = studio.film(footage, view(args.view), (span, &times_s), &mut |n, shot, pixels| {
        let file = if sequence { out.join(format!("{:04}.png", n + 1)) } else { out.to_path_buf() };
        write(&file, pixels)?;
        bar.inc(1);
        if args.json {
            bar.suspend(|| say::line(as_json(shot, &file, footage).to_string()))?;
        }
        Ok(())
    });
    bar.finish_and_clear();
    filmed?;
    if !args.json {
        let [width, height] = args.size;
        let place = out.display();
        let what = if sequence { say::count(times_s.len(), "picture") } else { "picture".to_owned() };
        say::line(format!("{what} of {width} x {height} drawn by {}: {place}", studio.name()))?;
    }
    Ok(())
}

fn footage(args: &Render) -> Outcome<Footage> {
    let changes = Overrides { map: args.map.clone(), crosswalk: args.crosswalk.clone(), ..Overrides::default() };
    if !args.what.is_dir() {
        let prepared = read_study(&args.what, &changes)?;
        let whose = Whose { participant: NOBODY, plan_row: args.plan_row.unwrap_or(1), session_n: 1 };
        return Footage::of_study(&prepared, whose, args.trial);
    }
    if changes != Overrides::default() || args.plan_row.is_some() {
        let what = "--map, --crosswalk and --plan-row are for a study; a session has its own";
        return Err(Problem::new(Place::default(), what, "leave them out").into());
    }
    match holds(&args.what)? {
        Holds::Session(session) => Footage::of_session(&session, args.trial),
        Holds::Study(data) => {
            let names: Vec<String> = data.sessions()?.iter().map(|session| session.0.display().to_string()).collect();
            let first = names
                .first()
                .map_or_else(|| "run a session first".to_owned(), |name| format!("give one of them, such as {name}"));
            let what = format!("holds {}; a picture is of one", say::count(names.len(), "session"));
            Err(Problem::file(args.what.display(), what, first).into())
        }
    }
}

/// Whether a file of this kind may be put there: nothing is added to a record, and nothing else is written over.
fn named(out: &Path, extension: &str, kind: &str) -> Result<(), Problem> {
    outside_sessions(out)?;
    if out.extension().is_some_and(|name| name.eq_ignore_ascii_case(extension)) {
        return Ok(());
    }
    let cure = format!("give a name that ends in .{extension}");
    Err(Problem::file(out.display(), format!("is no name of {kind}"), cure))
}

fn outside_sessions(out: &Path) -> Result<(), Problem> {
    let whole = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    if whole.ancestors().skip(1).any(|folder| folder.join("session.json").is_file()) {
        let what = "lies in a session's folder, where nothing is added to the record";
        return Err(Problem::file(out.display(), what, "give --out another place"));
    }
    Ok(())
}

/// Whether pictures may be put there: nothing but a picture is written over, and pictures of two sequences are not mixed.
fn check_out(out: &Path, sequence: bool) -> Result<(), Problem> {
    if !sequence {
        return named(out, "png", "a PNG file, and pictures are PNG files");
    }
    outside_sessions(out)?;
    must_be_empty(out, "give --out another folder, or empty this one")
}

/// A time within the trial.
fn inside(args: &Render, span: Span, flag: &str, time_s: f64) -> Result<f64, Problem> {
    // Times are given to a few digits.
    if time_s >= span.from_s - 0.01 && time_s <= span.to_s + 0.01 {
        return Ok(time_s.clamp(span.from_s, span.to_s));
    }
    let what = format!("{time_s} s lies outside trial {}", args.trial);
    let cure =
        format!("it can be seen from {:.2} to {:.2} s, counted from the start of the approach", span.from_s, span.to_s);
    Err(Problem::new(Place::default().part(flag), what, cure))
}

/// The times of the pictures, all within the trial.
fn times(args: &Render, span: Span) -> Result<Vec<f64>, Problem> {
    let clamped = |time_s: f64| time_s.clamp(span.from_s, span.to_s);
    if let Some(at_s) = args.at {
        return Ok(vec![inside(args, span, "--at", at_s)?]);
    }
    let (from_s, to_s) = args.frames.unwrap_or((span.from_s, span.to_s));
    for wanted_s in [from_s, to_s] {
        inside(args, span, "--frames", wanted_s)?;
    }
    let fps = f64::from(args.fps);
    let pictures = ((to_s - from_s) * fps + 1e-6).floor();
    if pictures > MOST_PICTURES {
        let what = format!("{pictures} pictures: a sequence has at most {MOST_PICTURES}");
        return Err(Problem::new(Place::default().part("--frames"), what, "draw a shorter part, or fewer a second"));
    }
    let nth = (0_u32..).map(f64::from).take_while(|n| *n <= pictures);
    Ok(nth.map(|n| clamped(from_s + n / fps)).collect())
}

fn view(arg: ViewArg) -> View {
    match arg {
        ViewArg::Participant => View::Participant,
        ViewArg::Top => View::Top,
        ViewArg::Vehicle => View::Vehicle,
        ViewArg::Spectator => View::Spectator,
    }
}

fn write(file: &Path, pixels: &Pixels) -> Result<(), Problem> {
    std::fs::write(file, pixels.png()?).map_err(|e| unwritable(file, &e))
}

/// What was drawn: for each vehicle the frame of its row, and where it stood.
fn as_json(shot: &Shot, file: &PathBuf, footage: &Footage) -> Value {
    let vehicles: Vec<Value> = shot.list.vehicles.iter().map(|vehicle| {
        let role = footage.setup.vehicle(vehicle.vehicle_n).map(|spec| spec.role.word());
        json!({
            "frame_n": vehicle.frame_n, "vehicle_n": vehicle.vehicle_n, "role": role,
            "site_m": vehicle.site_m.to_array(), "yaw_rad": vehicle.yaw_rad, "wheel_turn_rad": vehicle.wheel_turn_rad,
            "light_state": vehicle.light_state.word(), "light_level": vehicle.light_level, "brake_light": vehicle.brake_light,
        })
    }).collect();
    let people: Vec<Value> = shot.list.people.iter().map(|person| {
        json!({ "site_m": person.site_m.to_array(), "yaw_rad": person.yaw_rad, "stride_rad": person.stride_rad })
    }).collect();
    let eye = shot.eye.site_from_eye;
    json!({
        "file": file, "trial_n": footage.setup.trial_n, "frame_n": shot.frame_n, "at_s": shot.at_s,
        "phase": shot.phase.word(), "vehicles": vehicles, "people": people, "hands": shot.list.hands.len(),
        "black": shot.list.veil.black, "go": shot.list.go,
        "eye_site_m": eye.w_axis.truncate().to_array(), "eye_looks": (-eye.z_axis.truncate()).to_array(),
    })
}
