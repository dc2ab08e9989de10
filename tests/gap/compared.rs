//! Two sources with numbers that R has answered for, and by hand.

use super::skips;
use kerbside::analysis::gap::{Gap, GapPlan, files, of};
use kerbside::analysis::intake::{self, Taken};
use kerbside::analysis::sheet::Sheet;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// R's answers, and its data: analysis/crosscheck.
fn crosscheck(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/crosscheck").join(file);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn r(name: &str) -> f64 {
    let rows: BTreeMap<String, f64> =
        crosscheck("expected.csv").into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect();
    rows[name]
}

fn near(found: f64, name: &str) {
    let wanted = r(name);
    assert!((found - wanted).abs() <= 1e-6 * wanted.abs(), "{name}: {found}, R says {wanted}");
}

pub fn plan(people: &str, more: &str) -> GapPlan {
    let text = format!(
        "schema = 1\nname = \"gap\"\npeople = \"{people}\"\ncorrection = \"holm\"\n[real]\nlabel = \"crosswalk\"\n\
         data = [\"real.csv\"]\n[virtual]\nlabel = \"VR\"\ndata = [\"virtual.csv\"]\n[measures.y]\nkind = \"continuous\"\n\
         unit = \"s\"\nlabel = \"Waiting\"\n{more}"
    );
    GapPlan::read("gap.toml", &text).unwrap()
}

fn take(plan: &GapPlan, real: &str, virt: &str) -> [Taken; 2] {
    let read = |name: &str, text: &str| Sheet::read(name, text.as_bytes()).unwrap();
    [
        intake::take(&plan.real.intake, &read("real.csv", real)).unwrap(),
        intake::take(&plan.virt.intake, &read("virtual.csv", virt)).unwrap(),
    ]
}

fn gap(plan: &GapPlan, real: &str, virt: &str) -> Gap {
    let [real, virt] = take(plan, real, virt);
    of(plan, &real, &virt, false).unwrap()
}

/// Each person's value in two trials around it, so that means are taken within people first.
fn table<'a>(rows: impl IntoIterator<Item = (&'a str, f64)>) -> String {
    let mut text = "participant,y\n".to_owned();
    for (code, y) in rows {
        text += &format!("{code},{}\n{code},{}\n", y - 0.25, y + 0.25);
    }
    text
}

fn columns() -> Vec<(String, f64, f64)> {
    let rows = crosscheck("data/pairs.csv");
    rows.into_iter().map(|row| (format!("P{}", row[0]), row[1].parse().unwrap(), row[2].parse().unwrap())).collect()
}

#[test]
fn the_same_people_in_both_as_r_says() {
    let rows = columns();
    let virt = table(rows.iter().map(|(code, a, _)| (code.as_str(), *a)));
    // One person more, who never came to the laboratory.
    let real = table(rows.iter().map(|(code, _, b)| (code.as_str(), *b)).chain([("P99", 4.0)]));
    let found = gap(&plan("same", "equivalence = [-0.8, 0.8]\n"), &real, &virt);
    let one = &found.measures[0];
    let test = &one.difference;
    assert_eq!((one.real.people, one.virt.people, one.alone, test.people, test.trials), (12, 12, (1, 0), 12, 48));
    near(test.statistic.as_ref().unwrap().value, "pairs.t");
    near(test.p.unwrap(), "pairs.p");
    let interval = test.estimate.as_ref().unwrap().interval.unwrap();
    near(interval.low, "pairs.interval.1");
    near(interval.high, "pairs.interval.2");
    let size = |name: &str| test.effect_sizes.iter().find(|size| size.name == name).unwrap();
    near(size("d_z").value, "pairs.dz");
    near(size("d_av").value, "pairs.dav");
    near(size("d_av").interval.unwrap().low, "pairs.dav.interval.1");
    let tost = one.equivalence.as_ref().unwrap();
    near(tost.p.unwrap(), "pairs.tost.p");
    near(one.agreement.unwrap().high.estimate, "pairs.agreement.high");
    // The standardised difference is the raw one in this unit.
    let raw = test.estimate.as_ref().unwrap().value;
    assert!((raw / one.standardiser.unwrap() - size("d_av").value).abs() < 1e-12);
}

#[test]
fn different_people_as_r_says() {
    let rows = columns();
    let virt = table(rows[..9].iter().map(|(code, a, _)| (code.as_str(), *a)));
    let others: Vec<(String, f64)> = rows.iter().map(|(code, _, b)| (format!("F{code}"), *b)).collect();
    let real = table(others.iter().map(|(code, b)| (code.as_str(), *b)));
    let found = gap(&plan("different", "equivalence = [-0.9, 0.9]\n"), &real, &virt);
    let one = &found.measures[0];
    let test = &one.difference;
    assert_eq!((one.real.people, one.virt.people, test.people, one.agreement), (12, 9, 21, None));
    near(test.statistic.as_ref().unwrap().value, "groups.t");
    near(test.df[0], "groups.df");
    near(test.p.unwrap(), "groups.p");
    near(test.estimate.as_ref().unwrap().interval.unwrap().low, "groups.interval.1");
    near(test.effect_sizes[0].value, "groups.ds");
    near(test.effect_sizes[1].value, "groups.gs");
    near(one.equivalence.as_ref().unwrap().p.unwrap(), "groups.tost.p");
}

#[test]
fn people_who_are_said_to_be_the_same_or_different_must_be() {
    let (a, b) = (table([("P1", 1.0), ("P2", 2.0)]), table([("P1", 1.0), ("P3", 2.0)]));
    let other = table([("P7", 1.0), ("P8", 2.0)]);
    let told = |people: &str, real: &str, virt: &str| {
        let plan = plan(people, "");
        let [real, virt] = take(&plan, real, virt);
        of(&plan, &real, &virt, false).unwrap_err().to_string()
    };
    assert!(told("different", &a, &b).contains("unpaired tests of paired data are refused"));
    assert!(told("same", &a, &other).contains("no participant's code is in both sources"));
    // One pair only: no test, and no number pretends to be one.
    let found = gap(&plan("same", "equivalence = [-1, 1]\n"), &a, &b);
    let one = &found.measures[0];
    assert!(one.difference.refused.as_ref().unwrap().contains("at least 2 needed"), "{:?}", one.difference);
    assert_eq!((one.difference.p, &one.equivalence, one.alone), (None, &None, (1, 1)));
}

#[test]
fn a_wait_is_compared_up_to_a_time_and_never_dropped() {
    let measure = "[measures.cit]\nkind = \"censored\"\ncensored_at = \"until\"\nup_to = 6\nunit = \"s\"\n";
    let wait = |rows: &[(&str, &str, &str)]| {
        let mut text = "participant,y,cit,until\n".to_owned();
        for (i, (code, cit, until)) in rows.iter().enumerate() {
            text += &format!("{code},{}.5,{cit},{until}\n", i % 3);
        }
        text
    };
    let real = wait(&[("A", "2", "NA"), ("A", "NA", "9"), ("B", "3", "NA"), ("C", "8", "NA"), ("D", "1", "NA")]);
    let virt = wait(&[("A", "5", "NA"), ("B", "4", "NA"), ("C", "NA", "6"), ("D", "3", "NA")]);
    let plan = plan("same", measure);
    let found = gap(&plan, &real, &virt);
    let cit = &found.measures[1];
    // A: (2 + 6) / 2 = 4 and 5; B: 3, 4; C: both still waiting at 6; D: 1, 3. Differences 1, 1, 0, 2.
    assert_eq!((cit.real.mean, cit.virt.mean), (Some(3.5), Some(4.5)));
    assert!((cit.difference.estimate.as_ref().unwrap().value - 1.0).abs() < 1e-12);
    // Mean 1, sd sqrt(2/3), se sqrt(1/6): t = sqrt 6.
    assert!((cit.difference.statistic.as_ref().unwrap().value - 6_f64.sqrt()).abs() < 1e-12);
    // Somebody watched for 5 s only, who might have gone at 5.5.
    let short = virt.replace("NA,6\n", "NA,5\n");
    let found = gap(&plan, &real, &short);
    let why = found.measures[1].difference.refused.as_ref().unwrap();
    assert!(
        why.contains("VR: 1 trials were watched for less than up_to = 6") && why.contains("let up_to be 5"),
        "{why}"
    );
    // It counts as a test that found nothing, so the other's p is corrected for two.
    let y = &found.measures[0].difference;
    assert!((y.p_corrected.unwrap() - (2.0 * y.p.unwrap()).min(1.0)).abs() < 1e-15);
}

/// Whether R is here; tests/r.sh installs it.
fn has_r() -> bool {
    if Command::new("Rscript").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    skips::missing("no number of a behavioural gap was compared with R's: no Rscript, tests/r.sh installs it");
    false
}

#[test]
fn r_gives_every_number_of_a_gap() {
    if !has_r() {
        return;
    }
    let rows = columns();
    for people in ["same", "different"] {
        let named =
            |code: &str, source: &str| if people == "same" { code.to_owned() } else { format!("{source}{code}") };
        let side = |source: &str, value: fn(&(String, f64, f64)) -> f64| {
            let rows: Vec<(String, f64)> = rows.iter().map(|row| (named(&row.0, source), value(row))).collect();
            table(rows.iter().map(|(code, value)| (code.as_str(), *value)))
        };
        let second =
            "equivalence = [-1, 1]\n[measures.z]\nkind = \"continuous\"\ncolumn = \"y\"\nvirtual_column = \"z\"\n";
        let plan = plan(people, second);
        let virt = side("v", |row| row.1);
        let virt: String = virt
            .lines()
            .enumerate()
            .map(|(i, line)| if i == 0 { format!("{line},z\n") } else { format!("{line},{}\n", (i * 7) % 5) })
            .collect();
        let [real, virt] = take(&plan, &side("r", |row| row.2), &virt);
        let found = of(&plan, &real, &virt, false).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files(&plan, [&real, &virt], &found) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let run = || Command::new("Rscript").arg("gap.R").current_dir(folder.path()).output().unwrap();
        let output = run();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains(" 0 differ"), "{people}: {said}");
        // The comparison must be able to fail.
        let numbers = folder.path().join("numbers.csv");
        let text = std::fs::read_to_string(&numbers).unwrap();
        let line = text.lines().find(|line| line.contains("tost/p,")).unwrap().to_owned();
        std::fs::write(&numbers, text.replace(&line, &line.replace("tost/p,", "tost/p,1"))).unwrap();
        assert!(!run().status.success(), "{people}: a wrong number was not found");
    }
}
