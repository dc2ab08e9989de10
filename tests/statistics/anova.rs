//! Analysis of variance.

use super::expected::{Data, Expected};
use kerbside::statistics::anova::{Effect, Factors, anova};
use kerbside::statistics::cells::{CellMeans, Trial};
use kerbside::statistics::paired::paired_t;

/// The cell means of a file, and its number of participants.
fn cells(data: &Data, within: &[(&str, usize)]) -> CellMeans {
    let id = data.indices("id");
    let cell = |row: usize| within.iter().fold(0, |cell, (name, levels)| cell * levels + data.indices(name)[row]);
    let trials: Vec<Trial> = (0..data.rows())
        .map(|row| Trial { participant: id[row], cell: cell(row), value: data.column("y")[row] })
        .collect();
    let count = within.iter().map(|(_, levels)| levels).product();
    CellMeans::of_trials(id.iter().max().unwrap() + 1, count, &trials).unwrap()
}

fn compare(r: &mut Expected, file: &str, effects: &[Effect], within: &[&str], between: &[&str]) {
    for effect in effects {
        let mut names: Vec<&str> = effect.between.iter().map(|i| between[*i]).collect();
        names.extend(effect.within.iter().map(|i| within[*i]));
        let key = format!("{file}.{}", names.join("_"));
        r.check(&format!("{key}.f"), effect.f);
        r.check_all(&format!("{key}.df"), &[effect.df1, effect.df2]);
        r.check_all(&format!("{key}.ss"), &[effect.sum_of_squares, effect.error_sum_of_squares]);
        r.check(&format!("{key}.p"), effect.p);
        r.check(&format!("{key}.ges"), effect.generalised_eta_squared);
        r.check(&format!("{key}.pes"), effect.partial_eta_squared);
        if let Some(s) = effect.sphericity {
            r.check_all(&format!("{key}.epsilon"), &[s.greenhouse_geisser, s.huynh_feldt]);
            r.check_all(&format!("{key}.corrected"), &[s.p_greenhouse_geisser, s.p_huynh_feldt]);
            let (w, p) = s.mauchly.unwrap();
            r.check_all(&format!("{key}.mauchly"), &[w, p]);
        }
    }
}

#[test]
fn two_factors_within() {
    let cells = cells(&Data::of("within"), &[("light", 2), ("gap", 3)]);
    let effects = anova(&cells, &Factors { within: vec![2, 3], between: vec![] }, &[]).unwrap();
    let mut r = Expected::of(&["within", "contrast"]);
    compare(&mut r, "within", &effects, &["light", "gap"], &[]);
    // An effect of one degree of freedom is a paired t of contrast scores.
    let third = 1.0 / 3.0;
    let t = paired_t(&cells.contrast(&[-third, -third, -third, third, third, third]).unwrap(), 0.95).unwrap();
    r.check("contrast.t", t.t);
    assert!((effects[0].f / (t.t * t.t) - 1.0).abs() < 1e-12 && effects[0].sphericity.is_none());
    r.finish();
}

#[test]
fn three_factors_within() {
    let cells = cells(&Data::of("within3"), &[("light", 2), ("speed", 2), ("gap", 3)]);
    let effects = anova(&cells, &Factors { within: vec![2, 2, 3], between: vec![] }, &[]).unwrap();
    assert_eq!(effects.len(), 7);
    let mut r = Expected::of(&["within3"]);
    compare(&mut r, "within3", &effects, &["light", "speed", "gap"], &[]);
    r.finish();
}

#[test]
fn mixed_with_unequal_groups() {
    let data = Data::of("mixed");
    let cells = cells(&data, &[("light", 2), ("gap", 3)]);
    // Six rows a person.
    let groups: Vec<Vec<usize>> = data.indices("group").chunks(6).map(|rows| vec![rows[0]]).collect();
    let effects = anova(&cells, &Factors { within: vec![2, 3], between: vec![3] }, &groups).unwrap();
    let mut r = Expected::of(&["mixed"]);
    compare(&mut r, "mixed", &effects, &["light", "gap"], &["group"]);
    r.finish();
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let cells = CellMeans::new(&[vec![1.0, 2.0], vec![1.5, 2.5], vec![3.0, 4.0]]).unwrap();
    let of = |within: &[usize], between: &[usize], groups: &[Vec<usize>]| {
        anova(&cells, &Factors { within: within.to_vec(), between: between.to_vec() }, groups).unwrap_err().to_string()
    };
    assert!(of(&[2], &[], &[]).contains("do not vary"), "everybody gains exactly 1");
    assert!(of(&[3], &[], &[]).contains("cells and levels"));
    assert!(of(&[2], &[2], &[vec![0], vec![0], vec![0]]).contains("level 1"));
    assert!(of(&[2], &[2, 2], &[vec![0, 0], vec![1, 1], vec![0, 0]]).contains("participants"));
    assert!(of(&[2], &[2], &[]).contains("participants and their groups"));
}
