//! Frames that cannot be.
use super::*;
use crate::world::carla::testing::Spoil;

#[test]
fn a_frame_that_cannot_be_cuts_the_trial_and_leaves_no_row() {
    let spoils: [(&str, Spoil); 9] = [
        ("no time", |frame| frame.elapsed_s = f64::NAN),
        ("time without end", |frame| frame.elapsed_s = f64::INFINITY),
        ("time that goes back", |frame| frame.elapsed_s -= 1e6),
        ("time that stands", |frame| frame.elapsed_s = 7.5 + (frame.frame - 1) as f64 * 0.04),
        ("time that leaps", |frame| frame.elapsed_s += 1e6),
        ("a number that goes back", |frame| frame.frame -= 1),
        ("no place", |frame| frame.actors[0].pose.location_m.x = f64::NAN),
        ("a place without end", |frame| frame.actors[0].pose.location_m.y = f64::INFINITY),
        ("no velocity", |frame| frame.actors[0].velocity_mps.x = f64::NAN),
    ];
    for (what, spoil) in spoils {
        // In the trial, and before its start.
        for at in [60, 3] {
            let server = InMemory::default();
            server.state().bad_frame = Some((at, spoil));
            let mut world = carla(&server, |_| {});
            if at == 3 {
                let (_, spec) = study();
                let wrong = world.begin_trial(&spec.setup(1, &spec.trials[0]).unwrap()).unwrap_err();
                assert!(wrong.what.contains("sent "), "{what}: {wrong}");
                assert!(server.state().actors.is_empty(), "{what}");
                continue;
            }
            let played = play(0, &mut world, Pacing::Lockstep, 90);
            assert_eq!(
                (played.row.outcome, played.row.marks.as_str()),
                (TrialOutcome::Interrupted, "device_lost"),
                "{what}"
            );
            assert_eq!(played.world.iter().map(|row| row.tick_n).max(), Some(59), "{what}");
            let in_order = |pair: &[WorldRow]| pair[0].world_time_ns <= pair[1].world_time_ns;
            assert!(played.world.windows(2).all(in_order), "{what}");
            let is_known = |row: &WorldRow| row.speed_mps.known().is_some() && row.site_x_m.known().is_some();
            assert!(played.world.iter().all(is_known), "{what}");
        }
    }
}
