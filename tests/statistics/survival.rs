//! Waiting times.

use super::expected::{Data, Expected};
use kerbside::statistics::Refusal;
use kerbside::statistics::survival::competing::cumulative_incidence;
use kerbside::statistics::survival::cox::{Cox, Ties, Waits, cox};
use kerbside::statistics::survival::frailty::frailty;
use kerbside::statistics::survival::kaplan_meier::{Observation, curve};
use kerbside::statistics::survival::log_rank::log_rank;

struct Trials {
    data: Data,
    happened: Vec<bool>,
    id: Vec<usize>,
}

impl Trials {
    fn read() -> Self {
        let data = Data::of("waits");
        let happened = data.column("event").iter().map(|e| *e == 1.0).collect();
        let id = data.indices("id");
        Self { data, happened, id }
    }

    fn times(&self) -> &[f64] {
        self.data.column("time")
    }

    fn numbers(&self, name: &str) -> Vec<usize> {
        self.data.column(name).iter().map(|v| *v as usize).collect()
    }

    fn covariates(&self, names: &[&str]) -> Vec<Vec<f64>> {
        let row = |i: usize| names.iter().map(|name| self.data.column(name)[i]).collect();
        (0..self.times().len()).map(row).collect()
    }

    fn cox(&self, names: &[&str], stratum: &[usize], ties: Ties) -> Cox {
        let covariates = self.covariates(names);
        let (times, happened) = (self.times(), &self.happened[..]);
        cox(&Waits { times, happened, covariates: &covariates, stratum, cluster: &self.id }, ties).unwrap()
    }
}

#[test]
fn curves() {
    let t = Trials::read();
    let observations: Vec<Observation> = (0..t.times().len())
        .map(|i| Observation { person: t.id[i], time: t.times()[i], happened: t.happened[i] })
        .collect();
    let c = curve(&observations, "x");
    let mut r = Expected::of(&["kaplan", "competing"]);
    r.check("kaplan.times", c.steps.len() as f64);
    r.check_all("kaplan.shares", &c.steps.iter().map(|(_, share)| *share).collect::<Vec<_>>());
    r.check("kaplan.median", c.median.unwrap());
    let gap = t.numbers("gap");
    let cause: Vec<Option<usize>> = t.happened.iter().zip(gap).map(|(h, gap)| h.then_some(gap)).collect();
    let both = cumulative_incidence(t.times(), &cause, 2, None).unwrap();
    for (name, curve) in ["competing.before", "competing.after"].iter().zip(&both) {
        r.check_all(name, &curve.iter().map(|(_, share)| *share).collect::<Vec<_>>());
    }
    r.finish();
    // Of one cause, the incidence is what Kaplan and Meier's estimate leaves; and weights are repetitions.
    let one: Vec<Option<usize>> = t.happened.iter().map(|h| h.then_some(0)).collect();
    let alone = &cumulative_incidence(t.times(), &one, 1, Some(&vec![3; one.len()])).unwrap()[0];
    assert!(alone.iter().zip(&c.steps).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-12));
}

#[test]
fn log_ranks() {
    let t = Trials::read();
    let (light, gap) = (t.numbers("light"), t.numbers("gap"));
    let four: Vec<usize> = light.iter().zip(&gap).map(|(light, gap)| light + 2 * gap).collect();
    let plain = vec![0; light.len()];
    let mut r = Expected::of(&["logrank"]);
    let test = log_rank(t.times(), &t.happened, &light, 2, &plain).unwrap();
    r.check("logrank.plain", test.chi_squared);
    r.check_all("logrank.expected", &test.expected);
    let test = log_rank(t.times(), &t.happened, &light, 2, &t.id).unwrap();
    r.check("logrank.stratified", test.chi_squared);
    r.check("logrank.stratified.p", test.p);
    r.check("logrank.four", log_rank(t.times(), &t.happened, &four, 4, &t.id).unwrap().chi_squared);
    r.finish();
}

#[test]
fn cox_models() {
    let t = Trials::read();
    let plain = vec![0; t.id.len()];
    let mut r = Expected::of(&["cox"]);
    for (name, ties) in [("efron", Ties::Efron), ("breslow", Ties::Breslow)] {
        let fit = t.cox(&["light", "gap", "age"], &plain, ties);
        r.check_all(&format!("cox.{name}.b"), &fit.coefficients);
        r.check_all(&format!("cox.{name}.naive"), &fit.naive_errors);
        r.check_all(&format!("cox.{name}.clustered"), &fit.clustered_errors);
        r.check_all(&format!("cox.{name}.p"), &fit.p);
        r.check_all(&format!("cox.{name}.loglik"), &[fit.log_likelihood_null, fit.log_likelihood]);
        assert_eq!(fit.clusters, 20);
    }
    let fit = t.cox(&["light", "gap"], &t.id, Ties::Efron);
    r.check_all("cox.stratified.b", &fit.coefficients);
    r.check_all("cox.stratified.clustered", &fit.clustered_errors);
    r.finish();
}

#[test]
fn frailty_models() {
    let t = Trials::read();
    let covariates = t.covariates(&["light", "gap", "age"]);
    let plain = vec![0; t.id.len()];
    let waits =
        Waits { times: t.times(), happened: &t.happened, covariates: &covariates, stratum: &plain, cluster: &t.id };
    let mut r = Expected::of(&["frailty"]);
    for (name, ties) in [("efron", Ties::Efron), ("breslow", Ties::Breslow)] {
        let fit = frailty(&waits, ties).unwrap();
        r.check_all(&format!("frailty.{name}.b"), &fit.coefficients);
        r.check_all(&format!("frailty.{name}.se"), &fit.errors);
        r.check(&format!("frailty.{name}.variance"), fit.variance);
        r.check(&format!("frailty.{name}.loglik"), fit.log_likelihood);
        assert_eq!(fit.people, 20);
        assert!(fit.log_likelihood > fit.log_likelihood_without, "{fit:?}");
    }
    r.finish();
    // Another unit of a covariate is another unit of its coefficient, and names of people are no numbers.
    let tiny: Vec<Vec<f64>> = covariates.iter().map(|row| vec![row[0], row[1], 1e-6 * row[2]]).collect();
    let named: Vec<usize> = t.id.iter().map(|id| 1_000_000 - 7 * id).collect();
    let a = frailty(&waits, Ties::Efron).unwrap();
    let b = frailty(&Waits { covariates: &tiny, cluster: &named, ..waits }, Ties::Efron).unwrap();
    assert!((a.coefficients[2] - 1e-6 * b.coefficients[2]).abs() < 1e-8 && (a.variance - b.variance).abs() < 1e-8);
}

/// People whose waits differ less than chance alone would have it: no variance is found, and the model is Cox's.
#[test]
fn no_frailty_is_cox() {
    let times: Vec<f64> = (0..40).map(|i| f64::from((i * 7) % 40) + 1.0).collect();
    let cluster: Vec<usize> = (0..40).map(|i| i % 5).collect();
    let covariates: Vec<Vec<f64>> = (0..40).map(|i| vec![f64::from((i / 3) % 2)]).collect();
    let happened: Vec<bool> = (0..40).map(|i| i % 4 != 0).collect();
    let waits =
        Waits { times: &times, happened: &happened, covariates: &covariates, stratum: &[0; 40], cluster: &cluster };
    let (with, without) = (frailty(&waits, Ties::Efron).unwrap(), cox(&waits, Ties::Efron).unwrap());
    assert_eq!((with.variance, &with.coefficients), (0.0, &without.coefficients));
    assert_eq!((&with.errors, with.log_likelihood), (&without.naive_errors, without.log_likelihood));
}

#[test]
fn hard_frailties_are_refused() {
    let t = Trials::read();
    let covariates = t.covariates(&["light"]);
    let n = covariates.len();
    let plain = vec![0; n];
    let fit = |covariates: &[Vec<f64>], cluster: &[usize], happened: &[bool]| {
        frailty(&Waits { times: t.times(), happened, covariates, stratum: &plain, cluster }, Ties::Efron)
    };
    let refused =
        |answer: Result<_, Refusal>| answer.map(|_: kerbside::statistics::survival::frailty::Frailty| ()).unwrap_err();
    let alone: Vec<usize> = (0..n).collect();
    assert!(matches!(
        refused(fit(&covariates, &alone, &t.happened)),
        Refusal::TooFew { what: "trials of a participant", .. }
    ));
    assert!(matches!(refused(fit(&covariates, &plain, &t.happened)), Refusal::TooFew { what: "participants", .. }));
    assert_eq!(refused(fit(&covariates, &t.id, &vec![false; n])), Refusal::NoEvents);
    let constant = vec![vec![1.0]; n];
    assert!(matches!(refused(fit(&constant, &t.id, &t.happened)), Refusal::Constant { .. }));
    let twice: Vec<Vec<f64>> = covariates.iter().map(|row| vec![row[0], 2.0 * row[0]]).collect();
    assert!(matches!(refused(fit(&twice, &t.id, &t.happened)), Refusal::Dependent { .. }));
    // Whoever saw no light never went.
    let never: Vec<bool> =
        covariates.iter().zip(&t.happened).map(|(row, happened)| row[0] == 1.0 && *happened).collect();
    assert!(matches!(refused(fit(&covariates, &t.id, &never)), Refusal::Separation { .. }));
    // Somebody who never went has a frailty all the same.
    let shy: Vec<bool> = t.id.iter().zip(&t.happened).map(|(id, happened)| *id != t.id[0] && *happened).collect();
    assert!(fit(&covariates, &t.id, &shy).unwrap().variance > 0.0);
    let wrong = |times: &[f64]| {
        let waits = Waits { times, happened: &t.happened, covariates: &covariates, stratum: &plain, cluster: &t.id };
        frailty(&waits, Ties::Efron)
    };
    let mut nan = t.times().to_vec();
    nan[3] = f64::NAN;
    assert!(wrong(&nan).is_err());
}

#[test]
fn hard_waits_are_refused() {
    let times = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let (none, all) = ([false; 6], [true; 6]);
    let ids = [0, 1, 2, 3, 4, 5];
    let fit = |happened: &[bool], x: [f64; 6]| {
        let covariates: Vec<Vec<f64>> = x.iter().map(|x| vec![*x]).collect();
        let waits = Waits { times: &times, happened, covariates: &covariates, stratum: &[0; 6], cluster: &ids };
        cox(&waits, Ties::Efron)
    };
    assert_eq!(fit(&none, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]), Err(Refusal::NoEvents), "all censored");
    assert!(matches!(fit(&all, [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), Err(Refusal::Separation { index: 0, .. })));
    assert!(matches!(fit(&all, [1.0; 6]), Err(Refusal::Constant { .. })));
    assert!(matches!(fit(&all, [1.0, f64::NAN, 0.0, 0.0, 1.0, 0.0]), Err(Refusal::NotFinite { .. })));
    // Any unit gives the same test.
    let x = [1.0, 0.0, 2.0, 0.5, 1.5, 0.2];
    let (plain, tiny) = (fit(&all, x).unwrap(), fit(&all, x.map(|x| 1e-9 * x)).unwrap());
    assert!((plain.p[0] - tiny.p[0]).abs() < 1e-9);
    assert_eq!(log_rank(&times, &none, &[0, 1, 0, 1, 0, 1], 2, &[0; 6]), Err(Refusal::NoEvents));
    assert!(matches!(log_rank(&times, &all, &[0; 6], 2, &[0; 6]), Err(Refusal::EmptyLevel { index: 1, .. })));
    assert!(matches!(log_rank(&times, &all, &[0, 1, 0, 1, 0, 1], 2, &ids), Err(Refusal::Dependent { .. })));
}
