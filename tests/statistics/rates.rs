//! How often tests err where there is nothing, and intervals cover, in simulated studies: 24 people, 2 x 2 within, four
//! trials a cell, people who differ in the effect.

use kerbside::kernel::rng::Rng;
use kerbside::statistics::cells::{CellMeans, Trial};
use kerbside::statistics::effects::cohen_d_z;
use kerbside::statistics::paired::paired_t;
use kerbside::statistics::permutation::sign_permutation;
use kerbside::statistics::power::power;
use kerbside::statistics::signed_rank::{Method, Zeros, signed_rank};

/// Contrast scores of one study with this mean effect.
fn scores(rng: &mut Rng, effect: f64) -> Vec<f64> {
    let mut trials = Vec::new();
    for participant in 0..24 {
        let (level, own) = (rng.normal(), effect + 0.5 * rng.normal());
        for cell in 0..4 {
            for _ in 0..4 {
                let value = level + own * (cell % 2) as f64 + rng.normal();
                trials.push(Trial { participant, cell, value });
            }
        }
    }
    CellMeans::of_trials(24, 4, &trials).unwrap().contrast(&[-0.5, 0.5, -0.5, 0.5]).unwrap()
}

/// Four standard errors of a rate about `expected`.
fn within(hits: usize, of: usize, expected: f64) -> bool {
    (hits as f64 / of as f64 - expected).abs() < 4.0 * (expected * (1.0 - expected) / of as f64).sqrt()
}

#[test]
fn the_confirmatory_default_and_its_twins_err_at_their_level() {
    let studies = 2000;
    let mut rng = Rng::named(&["rates", "null"]);
    let (mut t, mut permutation, mut wilcoxon, mut covered) = (0, 0, 0, 0);
    for _ in 0..studies {
        let scores = scores(&mut rng, 0.0);
        let test = paired_t(&scores, 0.95).unwrap();
        t += usize::from(test.p < 0.05);
        covered += usize::from(test.interval.low <= 0.0 && 0.0 <= test.interval.high);
        permutation += usize::from(sign_permutation(&scores, 0, "").unwrap().p <= 0.05);
        wilcoxon += usize::from(signed_rank(&scores, Zeros::Dropped, Method::Exact).unwrap().p <= 0.05);
    }
    assert_eq!(t + covered, studies);
    assert!(within(t, studies, 0.05) && within(permutation, studies, 0.05), "{t} {permutation}");
    // R 4.2.2: 2 * psignrank(81, 24) = .0490612, the nearest level at or below .05 of the exact test.
    assert!(within(wilcoxon, studies, 0.049_061_2), "{wilcoxon}");
}

#[test]
fn an_effect_is_found_as_often_as_its_power_says_and_its_size_is_covered() {
    let studies = 400;
    // Variance of a score: that of the effect, and of the noise of four means of four trials, each weighing a half.
    let d_z = 0.4 / (0.25_f64 + 4.0 * 0.25 * 0.25).sqrt();
    let mut rng = Rng::named(&["rates", "effect"]);
    let (mut found, mut covered) = (0, 0);
    for _ in 0..studies {
        let scores = scores(&mut rng, 0.4);
        found += usize::from(paired_t(&scores, 0.95).unwrap().p < 0.05);
        let interval = cohen_d_z(&scores, 0.95).unwrap().interval;
        covered += usize::from(interval.low <= d_z && d_z <= interval.high);
    }
    assert!(within(found, studies, power(d_z, 24, 0.05).unwrap()), "{found}");
    assert!(within(covered, studies, 0.95), "{covered}");
}

#[test]
fn skewed_outcomes_do_not_inflate_the_exact_tests() {
    // The difference of two alike outcomes is symmetric about 0, whatever their distribution.
    let studies = 1000;
    let mut rng = Rng::named(&["rates", "skewed"]);
    let mut wrong = 0;
    for _ in 0..studies {
        let scores: Vec<f64> = (0..12).map(|_| (1.5 * rng.normal()).exp() - (1.5 * rng.normal()).exp()).collect();
        wrong += usize::from(sign_permutation(&scores, 0, "").unwrap().p <= 0.05);
    }
    assert!(within(wrong, studies, 0.05), "{wrong}");
}
