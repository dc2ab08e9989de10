//! The same in `realtime`: the frame loop waits for nothing.
use super::*;

#[test]
fn in_realtime_the_frames_never_wait_and_their_age_is_the_declared_one() {
    let server = InMemory::default();
    let mut world = carla(&server, |choices| choices.pacing = Pacing::Realtime);
    let delay_ns = world.choices.delay_ns();
    let played = play(0, &mut world, Pacing::Realtime, 90);
    assert_eq!(played.broken, None);
    let drawn = &played.vehicles;
    assert!(drawn.len() > 300);
    if !played.row.marks.as_str().contains("world_late") {
        assert!(drawn.iter().all(|row| row.age_ns == delay_ns), "{:?}", drawn[0]);
    }
    // Drawn at the very start too, moving already.
    assert_eq!(drawn[0].world_time_ns, drawn[0].world_time_ns.min(-1));
    assert!(drawn[0].speed_mps.or_nan() > 5.0);
    // Every tick is there, and once.
    let of_first: Vec<u64> = played.world.iter().filter(|row| row.vehicle_n == 1).map(|row| row.tick_n).collect();
    assert!(of_first.windows(2).all(|pair| pair[1] == pair[0] + 1), "{of_first:?}");
}

#[test]
fn in_realtime_a_trial_s_beginning_and_end_wait_for_nothing() {
    let server = InMemory::default();
    let mut world = carla(&server, |choices| choices.pacing = Pacing::Realtime);
    let (_, spec) = study();
    let setup = spec.setup(1, &spec.trials[0]).unwrap();
    // Each tick takes longer than a test machine is ever held up.
    server.state().slow = Duration::from_secs(4);
    world.begin_trial(&setup).unwrap();
    assert_eq!(server.state().frame, 0, "not a tick has been made");
    world.start(DisplayTime(0));
    let mut news = WorldNews::default();
    world.advance(DisplayTime(11_000_000), &nobody(), &mut news).unwrap();
    assert_eq!((news.rows.len(), news.faults[0].code), (0, Mark::WorldLate));
    assert_eq!(news.age_ns, 11_000_000 + world.choices.delay_ns(), "where its first frame would be");
    assert_eq!(world.end_trial(), []);
    assert_eq!(server.state().frame, 0);
    // The next trial's thread waits until it has gone; and so does leaving.
    server.state().slow = Duration::ZERO;
    world.begin_trial(&setup).unwrap();
    world.shut_down();
    let state = server.state();
    assert!(state.actors.is_empty() && state.left);
}

#[test]
fn in_realtime_a_slow_server_marks_the_trial_and_holds_nobody_up() {
    let server = InMemory::default();
    let mut world = carla(&server, |choices| choices.pacing = Pacing::Realtime);
    server.state().slow = Duration::from_millis(80);
    let (_, spec) = study();
    let setup = spec.setup(1, &spec.trials[0]).unwrap();
    world.begin_trial(&setup).unwrap();
    world.start(DisplayTime(0));
    let participant = nobody();
    let (mut news, mut marks, mut longest, mut ages) = (WorldNews::default(), Vec::new(), Duration::ZERO, Vec::new());
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        let before = std::time::Instant::now();
        news.clear();
        let now_ns = i64::try_from(began.elapsed().as_nanos()).unwrap();
        world.advance(DisplayTime(now_ns), &participant, &mut news).unwrap();
        longest = longest.max(before.elapsed());
        marks.extend(news.faults.iter().map(|fault| fault.code));
        ages.push(news.age_ns);
        std::thread::sleep(Duration::from_millis(11));
    }
    assert_eq!(marks, [Mark::WorldLate]);
    assert!(longest < Duration::from_millis(60), "a tick takes 80 ms, a frame {longest:?}");
    assert!(ages.last() > Some(&200_000_000), "{:?}", ages.last());
    world.shut_down();
    assert!(server.state().actors.is_empty());
}

#[test]
fn in_realtime_a_trial_that_cannot_be_begun_is_cut_and_says_why() {
    let server = InMemory::default();
    let mut world = carla(&server, |choices| {
        choices.pacing = Pacing::Realtime;
        choices.recording = Some("study-T1".into());
    });
    server.state().disk_is_full = true;
    let played = play(0, &mut world, Pacing::Realtime, 90);
    assert_eq!(played.row.outcome, TrialOutcome::Interrupted);
    assert!(played.row.marks.as_str().contains("device_lost"), "{}", played.row.marks.as_str());
    let what = played.broken.unwrap().what;
    assert_eq!(what, "the CARLA server: the server cannot write the recording study-T1-trial1.log");
    assert!(server.state().actors.is_empty() && played.world.is_empty());
}
