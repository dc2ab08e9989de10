//! Simulated 2 x 2 studies (light x gap, three trials a cell) of a known truth, and plans that ask one question many ways.

use kerbside::analysis::intake::{Taken, take};
use kerbside::analysis::plan::Plan;
use kerbside::analysis::power::{Verdict, verdicts};
use kerbside::analysis::sheet::Sheet;
use kerbside::kernel::rng::Rng;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Waits are watched so long, seconds.
pub const WATCHED_S: f64 = 6.0;
/// How much people differ in the light's effect, in units of the noise.
pub const SPREAD: f64 = 0.5;
/// Thresholds of the answers on the latent scale.
const THRESHOLDS: [f64; 4] = [-1.2, -0.3, 0.5, 1.4];

/// What people are like: level, and own effect of the light.
fn person(rng: &mut Rng, effect: f64) -> (f64, f64) {
    (rng.normal(), effect + SPREAD * rng.normal())
}

/// Hazard of the wait's end, per second.
fn hazard(level: f64, shift: f64) -> f64 {
    0.3 * (shift + 0.5 * level).exp()
}

/// A study's trials. The light moves a trial half an effect up where it is on, half an effect down where it is off: with a
/// mean effect of 0 its levels are exchangeable, though people differ in it.
pub fn table(people: usize, effect: f64, seed: &str) -> String {
    let mut rng = Rng::named(&["error rates", seed]);
    let mut text = "who,light,gap,clear_s,safe,wait_s,crossed\n".to_owned();
    for n in 0..people {
        let (level, own) = person(&mut rng, effect);
        for trial in 0..12 {
            let (light, gap) = (trial % 2, trial / 2 % 2);
            let shift = own * (light as f64 - 0.5) + 0.5 * gap as f64;
            let clear = 2.0 + level + shift + rng.normal();
            let latent = level + shift + rng.normal();
            let safe = 1 + THRESHOLDS.iter().filter(|threshold| latent > **threshold).count();
            let wait = -(1.0 - rng.uniform()).ln() / hazard(level, shift);
            let (wait, crossed) = if wait > WATCHED_S { (WATCHED_S, 0) } else { (wait, 1) };
            let (light, gap) = (["off", "on"][light], ["short", "long"][gap]);
            let _ = writeln!(text, "P{n:03},{light},{gap},{clear:.6},{safe},{wait:.6},{crossed}");
        }
    }
    text
}

/// The light's true effect on the restricted mean wait, seconds: the mean over a million people, each in closed form.
pub fn true_wait_effect_s(effect: f64) -> f64 {
    let mut rng = Rng::named(&["error rates", "truth"]);
    let mean_s = |rate: f64| (1.0 - (-rate * WATCHED_S).exp()) / rate;
    let n = 1_000_000;
    let of_person = |rng: &mut Rng| {
        let (level, own) = person(rng, effect);
        let at = |light: f64| 0.5 * (mean_s(hazard(level, own * light)) + mean_s(hazard(level, own * light + 0.5)));
        at(0.5) - at(-0.5)
    };
    (0..n).map(|_| of_person(&mut rng)).sum::<f64>() / f64::from(n)
}

const HEAD: &str = "schema = 1\nname = \"rates\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\n\
                    levels = [\"off\", \"on\"]\n[factors.gap]\ncolumn = \"gap\"\nlevels = [\"short\", \"long\"]\n";

/// A plan that asks for the light's effect by these tests, each as an outcome of its own, named by the test.
pub fn plan(tests: &[&str]) -> Plan {
    let mut text = HEAD.to_owned();
    for name in tests {
        let (kind, test) = name.split_once('-').unwrap();
        let how = match kind {
            "clear" => "column = \"clear_s\"\nkind = \"continuous\"\n",
            "safe" => "column = \"safe\"\nkind = \"ordinal\"\nlink = \"probit\"\n",
            _ => "column = \"wait_s\"\nkind = \"censored\"\nhappened = \"crossed\"\nrestricted_at = 6\n",
        };
        let _ = write!(text, "[outcomes.\"{name}\"]\n{how}test = \"{test}\"\neffects = [\"light\"]\n");
    }
    Plan::read("rates.toml", &text).unwrap()
}

/// The contrasts of cell means.
pub const CONTRASTS: [&str; 6] =
    ["clear-paired_t", "clear-permutation", "clear-wilcoxon", "wait-paired_t", "wait-permutation", "wait-wilcoxon"];
/// Models of waits.
pub const HAZARDS: [&str; 3] = ["wait-cox", "wait-frailty", "wait-log_rank"];
/// Mixed models.
pub const MIXED: [&str; 2] = ["clear-lmm", "safe-clmm"];

/// The trials that a plan takes.
pub fn taken(plan: &Plan, table: &str) -> Taken {
    take(plan, &Sheet::read("trials.csv", table.as_bytes()).unwrap()).unwrap()
}

/// How often each test found something, and how often its interval held the truth, over studies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Studies with an answer.
    pub studies: usize,
    /// Of these, p below .05.
    pub found: usize,
    /// Studies with an interval.
    pub intervals: usize,
    /// Of these, held the truth.
    pub covered: usize,
    /// Studies without an answer.
    pub refused: usize,
    /// Sum of the estimates, over studies with an interval.
    pub estimates: f64,
}

impl Tally {
    /// Counts one study in.
    pub fn count(&mut self, verdict: &Verdict, truth: Option<f64>) {
        self.studies += usize::from(!verdict.refused);
        self.refused += usize::from(verdict.refused);
        self.found += usize::from(verdict.found);
        if let (Some((low, high)), Some(truth)) = (verdict.limits, truth) {
            self.intervals += 1;
            self.covered += usize::from(low <= truth && truth <= high);
            self.estimates += verdict.estimate.unwrap_or(f64::NAN);
        }
    }

    /// Adds the counts of other studies.
    pub fn add(&mut self, other: &Self) {
        self.studies += other.studies;
        self.found += other.found;
        self.intervals += other.intervals;
        self.covered += other.covered;
        self.refused += other.refused;
        self.estimates += other.estimates;
    }

    /// Mean estimate.
    pub fn mean(&self) -> f64 {
        self.estimates / self.intervals as f64
    }
}

/// Tallies by test.
pub type Tallies = BTreeMap<String, Tally>;

/// Many studies of `people`, analysed by these tests; `truth` is what a test's interval should hold.
pub fn tallies(
    tests: &[&str],
    people: usize,
    effect: f64,
    studies: std::ops::Range<usize>,
    truth: &dyn Fn(&str) -> Option<f64>,
) -> Tallies {
    let plan = plan(tests);
    let mut all = Tallies::new();
    for study in studies {
        let table = table(people, effect, &format!("{people} {effect} {study}"));
        for (question, verdict) in verdicts(&plan, &taken(&plan, &table), people) {
            let truth = truth(&question.outcome);
            all.entry(question.outcome).or_default().count(&verdict, truth);
        }
    }
    all
}

/// Whether a count may come of this rate: within four standard errors.
pub fn may_be(hits: usize, of: usize, rate: f64) -> bool {
    (hits as f64 / of as f64 - rate).abs() < 4.0 * (rate * (1.0 - rate) / of as f64).sqrt()
}

/// Chances of each count of `of`, each hit at this rate.
fn chances(of: usize, rate: f64) -> Vec<f64> {
    let mut chance = (1.0 - rate).powi(of as i32);
    let step = |k: usize| {
        let own = chance;
        chance *= (of - k) as f64 / (k + 1) as f64 * rate / (1.0 - rate);
        own
    };
    (0..=of).map(step).collect()
}

/// Whether this rate gives so many hits or more in less than one case of ten thousand.
pub fn too_many(hits: usize, of: usize, rate: f64) -> bool {
    chances(of, rate)[hits..].iter().sum::<f64>() < 1e-4
}

/// Whether this rate gives so few hits or fewer in less than one case of ten thousand.
pub fn too_few(hits: usize, of: usize, rate: f64) -> bool {
    chances(of, rate)[..=hits].iter().sum::<f64>() < 1e-4
}
