//! Proportional hazards with a frailty of each person: a factor of the hazard, drawn from a gamma distribution of mean 1
//! (Clayton 1978; Therneau and Grambsch 2000, chapter 9).

use super::cox::{MOST_STEPS, RUN_AWAY, Ties, Waits, cox, scaled, shares};
use super::strata;
use crate::statistics::distributions::normal_two_sided;
use crate::statistics::models::ordinal::RANDOM;
use crate::statistics::root::root;
use crate::statistics::{Answer, Refusal};
use nalgebra::{DMatrix, DVector};
use std::cell::RefCell;

/// A variance of frailties below this cannot be told from none.
const LEAST_VARIANCE: f64 = 1e-4;
/// A variance beyond this is a run to infinity: some people's hazards are all that there is.
const MOST_VARIANCE: f64 = 1e3;
/// Cox's model has looked at the covariates before.
const DEPENDENT: Refusal = Refusal::Dependent { what: "covariates" };
/// Multiplications that one evaluation may take: about two seconds.
const MOST_WORK: usize = 5_000_000_000;

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Frailty {
    /// Log hazard ratio per unit of each covariate, for one and the same person.
    pub coefficients: Vec<f64>,
    /// Standard errors from the observed information of coefficients and frailties, the variance taken for known.
    pub errors: Vec<f64>,
    /// Coefficients by their errors.
    pub z: Vec<f64>,
    /// Two-sided p of z.
    pub p: Vec<f64>,
    /// Variance of the frailties; 0 where the likelihood falls from none on: the model is Cox's then.
    pub variance: f64,
    /// Log partial likelihood, frailties integrated out.
    pub log_likelihood: f64,
    /// The same without frailties.
    pub log_likelihood_without: f64,
    /// People.
    pub people: usize,
}

/// The fit: for each variance Newton's method for coefficients and log frailties under the gamma's penalty, and the
/// variance where the likelihood, frailties integrated out, is highest. `waits.stratum` is not asked for.
pub fn frailty(waits: &Waits<'_>, ties: Ties) -> Answer<Frailty> {
    let (x, spread) = scaled(waits)?;
    let people = People::of(waits)?;
    let (n, p, q) = (x.nrows(), x.ncols(), people.events.len());
    if n.saturating_mul((p + q) * (p + q)) > MOST_WORK {
        let most = (MOST_WORK as f64 / n as f64).sqrt() as usize;
        return Err(Refusal::TooMany { what: "participants", n: q, most: most.saturating_sub(p) });
    }
    let without = cox(&Waits { stratum: &vec![0; n], ..*waits }, ties)?;
    let order = strata(waits.times, &vec![0; n]).swap_remove(0);
    let problem = Problem { x: &x, waits, people: &people, order, ties };
    // The fit at the last variance is where the next one begins.
    let fit = RefCell::new(Fit { at: DVector::zeros(p + q), value: 0.0, errors: DVector::zeros(p) });
    let failure = RefCell::new(None);
    let slope = |log_variance: f64| {
        let nu = (-log_variance).exp();
        let found = problem.fit(nu, &fit.borrow().at);
        match found {
            Ok(found) => {
                let slope = people.slope(nu, found.at.rows(p, q).iter().sum());
                *fit.borrow_mut() = found;
                slope
            }
            Err(refusal) => {
                *failure.borrow_mut() = Some(refusal);
                f64::NAN
            }
        }
    };
    let none = LEAST_VARIANCE.ln();
    let at_none = slope(none);
    if let Some(refusal) = failure.take() {
        return Err(refusal);
    }
    let (coefficients, errors, variance, log_likelihood) = if at_none >= 0.0 {
        (without.coefficients, without.naive_errors, 0.0, without.log_likelihood)
    } else {
        let log_variance = root("variance of frailties", slope, none, MOST_VARIANCE.ln()).map_err(|not_found| {
            let endless = matches!(not_found, Refusal::NotConverged { steps: 0, .. });
            failure.take().unwrap_or(if endless { Refusal::Separation { what: RANDOM, index: 0 } } else { not_found })
        })?;
        let nu = (-log_variance).exp();
        let found = problem.fit(nu, &fit.borrow().at)?;
        let unscaled = |values: DVector<f64>| values.component_div(&spread).as_slice().to_vec();
        let log_likelihood = found.value + people.correction(nu);
        let beta = found.at.rows(0, p).into_owned();
        (unscaled(beta), unscaled(found.errors), log_variance.exp(), log_likelihood)
    };
    let z: Vec<f64> = coefficients.iter().zip(&errors).map(|(b, se)| b / se).collect();
    Ok(Frailty {
        p: z.iter().map(|z| normal_two_sided(*z)).collect(),
        z,
        coefficients,
        errors,
        variance,
        log_likelihood,
        log_likelihood_without: without.log_likelihood,
        people: q,
    })
}

/// Whose trial each is, and how often it happened to each person.
struct People {
    of_trial: Vec<usize>,
    events: Vec<usize>,
}

impl People {
    fn of(waits: &Waits<'_>) -> Answer<Self> {
        let mut all = waits.cluster.to_vec();
        all.sort_unstable();
        all.dedup();
        if all.len() < 2 {
            return Err(Refusal::TooFew { what: "participants", n: all.len(), needed: 2 });
        }
        if all.len() == waits.cluster.len() {
            return Err(Refusal::TooFew { what: "trials of a participant", n: 1, needed: 2 });
        }
        let of_trial: Vec<usize> = waits.cluster.iter().map(|person| all.partition_point(|one| one < person)).collect();
        let mut events = vec![0; all.len()];
        of_trial.iter().zip(waits.happened).for_each(|(person, happened)| events[*person] += usize::from(*happened));
        Ok(Self { of_trial, events })
    }

    /// What integrating the frailties out adds to the penalised likelihood (Therneau and Grambsch 2000, chapter 9).
    fn correction(&self, nu: f64) -> f64 {
        let of_person = |events: &usize| {
            let d = *events as f64;
            let rising: f64 = (0..*events).map(|j| (j as f64 / nu).ln_1p()).sum();
            rising + nu + d - (nu + d) * (d / nu).ln_1p()
        };
        self.events.iter().map(of_person).sum()
    }

    /// The slope of the likelihood in 1 / variance: how it moves the fit does not count at its peak.
    fn slope(&self, nu: f64, log_frailties: f64) -> f64 {
        let of_person = |events: &usize| {
            let rising: f64 = (0..*events).map(|j| 1.0 / (nu + j as f64)).sum();
            rising - (*events as f64 / nu).ln_1p()
        };
        log_frailties + self.events.iter().map(of_person).sum::<f64>()
    }
}

/// Coefficients and log frailties for one variance.
#[derive(Clone)]
struct Fit {
    at: DVector<f64>,
    /// The penalised log partial likelihood.
    value: f64,
    /// Errors of the coefficients.
    errors: DVector<f64>,
}

struct Problem<'a> {
    x: &'a DMatrix<f64>,
    waits: &'a Waits<'a>,
    people: &'a People,
    /// Trials in order of time.
    order: Vec<usize>,
    ties: Ties,
}

/// The penalised log partial likelihood with its first and (negative) second derivatives.
struct Penalised {
    value: f64,
    score: DVector<f64>,
    information: DMatrix<f64>,
}

impl Problem<'_> {
    fn fit(&self, nu: f64, start: &DVector<f64>) -> Answer<Fit> {
        let p = self.x.ncols();
        let mut at = start.clone();
        let mut now = self.penalised(&at, nu);
        for _ in 0..MOST_STEPS {
            let mut step = now.information.clone().cholesky().ok_or(DEPENDENT)?.solve(&now.score);
            let mut next = self.penalised(&(&at + &step), nu);
            let mut halvings = 0;
            // NaN does not climb.
            let climbs = |value: f64| value >= now.value - 1e-12 * now.value.abs();
            while !climbs(next.value) && halvings < 30 {
                step *= 0.5;
                next = self.penalised(&(&at + &step), nu);
                halvings += 1;
            }
            at += &step;
            let converged = step.amax() < 1e-10 || now.score.dot(&step).abs() < 1e-18;
            now = next;
            if let Some(index) = at.rows(0, p).iter().position(|b| b.abs() > RUN_AWAY) {
                return Err(Refusal::Separation { what: "the hazard ratio of covariate", index });
            }
            if converged {
                let variance = now.information.cholesky().ok_or(DEPENDENT)?.inverse();
                let errors = variance.diagonal().rows(0, p).map(f64::sqrt);
                return Ok(Fit { at, value: now.value, errors });
            }
        }
        Err(Refusal::NotConverged { what: "frailty model", steps: MOST_STEPS })
    }

    /// With the columns of the covariates and one of each person the information is Z'WZ less the products of the means of
    /// Z over those at risk, W being the events that each trial had to expect.
    fn penalised(&self, at: &DVector<f64>, nu: f64) -> Penalised {
        let (n, p, q) = (self.x.nrows(), self.x.ncols(), self.people.events.len());
        let person = &self.people.of_trial;
        let linear: Vec<f64> = (0..n).map(|i| (self.x.row(i) * at.rows(0, p))[0] + at[p + person[i]]).collect();
        let hazards: Vec<f64> = linear.iter().map(|linear| linear.exp()).collect();
        let happened = self.waits.happened;
        let at_events: f64 = linear.iter().zip(happened).filter(|(_, happened)| **happened).map(|(l, _)| l).sum();
        let (means, at_risk) = self.means(&hazards);
        let logs: f64 = at_risk.iter().map(|sum| sum.ln()).sum();
        let expected = self.expected(&hazards, at_risk);
        let mut score = DVector::zeros(p + q);
        let mut information = DMatrix::zeros(p + q, p + q);
        for i in 0..n {
            let row = self.x.row(i);
            let residual = f64::from(u8::from(happened[i])) - expected[i];
            let own = p + person[i];
            score[own] += residual;
            information[(own, own)] += expected[i];
            for j in 0..p {
                score[j] += residual * row[j];
                information[(own, j)] += expected[i] * row[j];
                for k in 0..=j {
                    information[(j, k)] += expected[i] * row[j] * row[k];
                }
            }
        }
        information.fill_upper_triangle_with_lower_triangle();
        let transposed = means.transpose();
        information.gemm(-1.0, &means, &transposed, 1.0);
        let mut penalty = 0.0;
        for i in p..p + q {
            let frailty = at[i].exp();
            penalty += nu * (at[i] - frailty);
            score[i] += nu * (1.0 - frailty);
            information[(i, i)] += nu * frailty;
        }
        Penalised { value: at_events - logs + penalty, score, information }
    }

    /// Of each event, the last one first, the means of covariates and people over those at risk, in a column; and the sum of
    /// the hazards at risk.
    fn means(&self, hazards: &[f64]) -> (DMatrix<f64>, Vec<f64>) {
        let (p, q) = (self.x.ncols(), self.people.events.len());
        let events = self.people.events.iter().sum();
        let mut means = DMatrix::zeros(p + q, events);
        let mut sums = Vec::with_capacity(events);
        let (mut at_risk, mut zero) = (DVector::zeros(p + q), 0.0);
        for tied in self.tied().rev() {
            let (mut happening, mut happening_zero) = (DVector::zeros(p + q), 0.0);
            for i in tied {
                self.add(&mut at_risk, *i, hazards[*i]);
                zero += hazards[*i];
                if self.waits.happened[*i] {
                    self.add(&mut happening, *i, hazards[*i]);
                    happening_zero += hazards[*i];
                }
            }
            for share in shares(tied, self.waits.happened, self.ties) {
                let left = zero - share * happening_zero;
                means.set_column(sums.len(), &((&at_risk - &happening * share) / left));
                sums.push(left);
            }
        }
        (means, sums)
    }

    fn add(&self, sums: &mut DVector<f64>, trial: usize, hazard: f64) {
        let p = self.x.ncols();
        sums.rows_mut(0, p).axpy(hazard, &self.x.row(trial).transpose(), 1.0);
        sums[p + self.people.of_trial[trial]] += hazard;
    }

    fn tied(&self) -> impl DoubleEndedIterator<Item = &[usize]> {
        self.order.chunk_by(|a, b| self.waits.times[*a] == self.waits.times[*b])
    }

    /// Events that each trial had to expect: its hazard times the baseline's up to its end.
    fn expected(&self, hazards: &[f64], mut at_risk: Vec<f64>) -> Vec<f64> {
        let mut expected = vec![0.0; hazards.len()];
        let mut baseline = 0.0;
        for tied in self.tied() {
            // What those to whom it happens now do not share of the baseline now.
            let mut less = 0.0;
            let shares = shares(tied, self.waits.happened, self.ties);
            let sums = at_risk.split_off(at_risk.len() - shares.len());
            for (share, sum) in shares.iter().zip(sums) {
                baseline += 1.0 / sum;
                less += share / sum;
            }
            for i in tied {
                let own = if self.waits.happened[*i] { baseline - less } else { baseline };
                expected[*i] = hazards[*i] * own;
            }
        }
        expected
    }
}
