//! Tables under `derived/`: made again at any time, the only ones that may gain columns.

use super::{AttentionSource, Metres, Occasion, Rate, Real, Role, Share, Text, TrialKind, TrialOutcome, table};

table! {
    /// One row per trial attempt: what is derived from the record by `kerbside measure`.
    pub struct MeasureRow in "measures.csv" {
        /// Participant's code.
        participant: Text,
        /// Session, from 1.
        session_n: u32,
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// What the trial is for.
        kind: TrialKind,
        /// The design's cell.
        cell_id: Text,
        /// 1 when the participant was simulated or scripted.
        simulated: bool,
        /// Faults that mark the trial; NA when clean.
        marks: Text,
        /// How the trial ended, recomputed from the whole trial; the body is a disc of 0.25 m about the ground point.
        outcome: TrialOutcome,
        /// Role of the vehicle that the body met; NA without contact. All other measures are the target's.
        contact_role: Option<Role>,
        /// 1 when there was no step-off: crossing initiation is censored at the trial's end.
        censored: bool,
        /// Step-off, from the trial's first frame: first frame with the ground point past the kerb line by the margin (0.30 m for a head, 0.15 m for a pelvis) and not back behind it before entering a conflict zone.
        step_off_s: Rate,
        /// Excursions past the kerb line that came back before any conflict zone.
        step_backs: u32,
        /// Times the body entered the target's zone and came back behind the kerb line before it reached the far one; NA when never tracked.
        zone_turn_backs: Option<u32>,
        /// Time of the approach and crossing spent not past the kerb line by the margin of step-off, until step-off or, when censored, the trial's end; leaning over the kerb is waiting, step-backs and untracked frames are not; NA when never tracked.
        waiting_s: Rate,
        /// Crossing initiation time: step-off less the primary cue; NA when censored or without cue.
        cit_s: Rate,
        /// For a censored trial, the time from the cue to the end of the approach and crossing.
        cit_censored_at_s: Rate,
        /// From the primary cue to the target's front bumper entering its zone, in every trial: where gap acceptance is analysed, a trial without step-off before it is censored then; NA where the target never did or without cue.
        censored_at_arrival_s: Rate,
        /// Step-off less braking onset; negative when the person stepped off before; NA where there was none.
        step_off_after_braking_s: Rate,
        /// Step-off less light onset; negative when the person stepped off before; NA where there was none.
        step_off_after_light_s: Rate,
        /// 1 when braking had begun at step-off, 0 when not yet; NA without step-off or without braking policy.
        braking_seen: Option<bool>,
        /// 1 when the light had come on by step-off, whether or not it was still on, 0 when not yet; NA without step-off or without a light to come.
        light_seen: Option<bool>,
        /// Target's front bumper to its conflict zone at step-off, along the lane, as drawn; NA once the rear has left it.
        distance_to_zone_m: Metres,
        /// Target's front bumper to the pedestrian's line at step-off, along the lane, as drawn; negative once past.
        distance_to_pedestrian_line_m: Metres,
        /// Target's speed at step-off, as drawn.
        target_speed_mps: Rate,
        /// Time to arrival at step-off: distance to zone over speed; Inf when standing or opening; 0 in the zone; NA once the rear has left it.
        tta_s: Rate,
        /// The same with constant acceleration: smallest positive root; Inf when it stops short.
        tta_accel_s: Rate,
        /// Deceleration rate to avoid a crash (DRAC) at step-off: speed squared over twice the distance to zone; 0 when standing or opening; NA from the zone on.
        drac_mps2: Rate,
        /// Greatest DRAC as drawn from step-off until the body has left the target's zone for the first time (to the trial's end if it never does): while the car has somebody to brake for; NA when it was at its zone or past it all that time, or without step-off.
        max_drac_mps2: Rate,
        /// Deceleration required at step-off after a reaction time t of 1 s: v^2 / (2 (D - v t)) with D the distance to zone; Inf when D <= v t; 0 when standing or opening; NA from the zone on.
        required_decel_1s_mps2: Rate,
        /// Tau at step-off: distance to zone over speed; Inf when standing or opening; NA from the zone on.
        tau_s: Rate,
        /// Rate of change of tau at step-off, -1 - D a / v^2 with a = dv/dt; below -0.5 the present braking will not suffice; NA when standing or opening and from the zone on.
        tau_dot: Rate,
        /// TTA at step-off less the time from step-off until the body has left the target's zone for the first time; negative when it left too late at that speed; Inf where TTA is; NA when it did not leave the zone.
        safety_margin_s: Rate,
        /// Least two-dimensional time to collision of body and target over approach and crossing, at constant velocities (the body's over 0.2 s around the frame); Inf when never on a collision course; NA when never tracked.
        min_ttc_s: Rate,
        /// Post-encroachment time: least time between the one leaving the zone and the other entering it, over all stays of the body; NA when only one entered; 0 when both were in it at once.
        pet_s: Rate,
        /// 1 when body and target were in the conflict zone at once; NA when only one entered.
        pet_overlap: Option<bool>,
        /// Step-off to the far kerb line.
        crossing_s: Rate,
        /// Mean walking speed: straight distance between the ground points at step-off and at the far kerb line over the time between; NA when the far kerb was not reached.
        walking_speed_mps: Rate,
        /// Greatest walking speed from step-off to the far kerb line: speed over the 0.2 s around each frame (at least 0.15 s of it tracked without a break), so that one noisy frame does not decide; NA when the far kerb was not reached.
        max_walking_speed_mps: Rate,
        /// Hesitations in the road, from step-off to the far kerb line: runs of frames, at least 0.3 s from the first to the last, past the kerb line by the margin and with that speed over 0.2 s below 0.2 m/s; NA when the far kerb was not reached.
        hesitations: Option<u32>,
        /// Total time of these hesitations, each from its first frame to its last.
        hesitation_s: Rate,
        /// Whose ray attention is measured by: gaze when valid in at least half of the frames that drew the target, else head; a trial never mixes them; NA when neither was ever valid.
        attention_source: Option<AttentionSource>,
        /// Share of the time with a drawn target in the approach and crossing in which that ray was valid; a frame lasts until the next.
        attention_valid_share: Share,
        /// Share of the time with a valid ray in which it met the target's box (length, width and height of the vehicle, upright on the ground) or passed it by at most 2 degrees, as seen from the eye; the rest of the time is left out; NA when never valid.
        attention_share: Share,
        /// Looks at the target: runs of frames whose ray meets it as for attention_share; a gap shorter than 0.1 s (away or not valid) does not split a look, and what then lasts less than 0.1 s is none.
        looks: Option<u32>,
        /// Start of the first look, from the first frame of the approach; NA without a look.
        first_look_s: Rate,
        /// Total time of the looks, each from its first frame to the end of its last, gaps within included.
        look_time_s: Rate,
        /// Mean of the continuous report over the approach and crossing, each frame weighted by its time; NA without a trigger.
        trigger_mean_share: Share,
        /// Greatest value of the continuous report in the approach and crossing; NA without a trigger.
        trigger_max_share: Share,
        /// Share of the time with a report in which it was above 0.5; NA without a trigger.
        trigger_above_half_share: Share,
        /// First frame with a report of at least 0.1, from the first frame of the approach; NA when never or without a trigger.
        trigger_first_press_s: Rate,
        /// Deceleration commanded of the target; NA when it was not to yield.
        commanded_decel_mps2: Rate,
        /// Deceleration of the target as simulated: from 80 % to 10 % of its speed at braking onset; NA when it never slowed so far.
        achieved_decel_mps2: Rate,
        /// Target's front bumper to the stop line at the braking onset commanded; NA when it was not to yield, or onset was to follow detection.
        commanded_onset_to_stop_line_m: Metres,
        /// Target's front bumper to the stop line at braking onset, as simulated.
        onset_to_stop_line_m: Metres,
        /// Target's front bumper to the stop line where the commanded onset, deceleration and jerk bring it to rest; negative beyond; NA as for the commanded onset.
        commanded_rest_to_stop_line_m: Metres,
        /// Target's front bumper to the stop line where it came to rest; negative beyond; NA when it never stood.
        rest_to_stop_line_m: Metres,
        /// Stopping gap: target's front bumper to its conflict zone where it first came to rest, as simulated; 0 in the zone; NA when it never stood or its rear had left the zone.
        stopping_gap_m: Metres,
        /// Light onset commanded before braking onset (positive: light first); NA unless the target was to brake and to show it.
        commanded_light_lead_ms: Real<3>,
        /// Light onset before braking onset (positive: light first); NA unless there were both.
        light_lead_ms: Real<3>,
        /// Frames of the approach and crossing without a valid head position.
        frames_untracked: u32,
        /// Largest gap between two frames of the approach and crossing.
        largest_frame_gap_ms: Real<3>,
        /// Late frames of the approach and crossing: events late_frame, the display time more than 1.5 periods of the display after the frame before, the period that of the display's reported rate, else the runtime's predicted one, no longer than a frame of the study's rate_hz; 0 too for headsets that have no display of their own to be late for (simulated, scripted); NA without a frame.
        late_frames: Option<u32>,
        /// Time from frame to frame in the approach and crossing, median: the 50th percentile by nearest rank (type 1 of Hyndman and Fan 1996: one of the intervals); NA with fewer than two frames.
        frame_interval_p50_ms: Real<3>,
        /// The same, 99th percentile by nearest rank: 99 of 100 intervals are as short or shorter; the largest with fewer than 100; NA with fewer than two frames.
        frame_interval_p99_ms: Real<3>,
    }
}

table! {
    /// One row per score of each filled-in questionnaire: derived from answers.csv by the instrument's key.
    pub struct ScoreRow in "scores.csv" {
        /// Participant's code.
        participant: Text,
        /// Session, from 1.
        session_n: u32,
        /// Trial attempt, as in trials.csv; NA outside trials.
        trial_n: Option<u32>,
        /// When it was asked.
        occasion: Occasion,
        /// Block after which it was asked; NA otherwise.
        block_n: Option<u32>,
        /// Instrument.
        instrument: Text,
        /// Version of the instrument's file.
        instrument_version: Text,
        /// Language in which it was shown.
        language: Text,
        /// Score of the instrument; with `.difference` on the occasion `after`: after less before; NA when nothing can be scored (see reason).
        score: Text,
        /// Its value; NA when it cannot be told (see reason).
        value: Real<6>,
        /// Items that it is made of, each counted once.
        items: u32,
        /// How many of them were answered; for a difference the lesser of both occasions.
        answered: u32,
        /// Why there is no value; NA when there is one.
        reason: Text,
        /// 1 when the wording has a published source in this language, 0 when not or when only the key was there; NA when the instrument is unknown.
        validated: Option<bool>,
        /// 1 when the participant was simulated or scripted.
        simulated: bool,
    }
}

table! {
    /// One row per trial attempt, study-wide, made by `kerbside collect`: order, factors, measures, answers and scores side by side. What each of its columns means stands in derived/collect_codebook.csv, since they depend on the study; these are the ones that stand nowhere else.
    pub struct TrialVerdictRow in "trials_wide.csv" {
        /// 1 when the trial belongs to the analysis, 0 when there is a reason to leave it out. Catch trials are kept: they have kind catch. A drop-out's trials are kept.
        kept: bool,
        /// Why it is left out, codes separated by spaces; NA when kept. practice: a practice trial. pilot: recorded in pilot mode or entered as a pilot's. aborted, interrupted: how it ended. repeated: a later whole attempt, neither aborted nor interrupted, at the same plan_n exists. marked: has marks. withdrawn: the participant withdrew. by_hand: by `kerbside exclude`, see exclusion_note.
        exclusion_reason: Text,
        /// The words given with `kerbside exclude`; NA when not excluded by hand.
        exclusion_note: Text,
    }
}

table! {
    /// One row per trial attempt and variable, made by `kerbside collect`: the content of trials_wide.csv, and the settings in force, long.
    pub struct LongRow in "trials_long.csv" {
        /// Participant's code.
        participant: Text,
        /// Session, from 1.
        session_n: u32,
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// As in trials_wide.csv.
        kept: bool,
        /// A column of trials_wide.csv, or a setting in force: `setting.` and its name.
        variable: Text,
        /// Its value, as it stands in its own table.
        value: Text,
    }
}

table! {
    /// One row per participant of the register, made by `kerbside collect`. Columns for each score and each answer outside trials follow: derived/collect_codebook.csv lists them.
    pub struct ParticipantRow in "participants.csv" {
        /// Participant's code.
        participant: Text,
        /// Row of the plan, from 1.
        plan_row: Option<u32>,
        /// Group of a between-subject design; NA without one.
        group: Text,
        /// enrolled, dropped or withdrawn; NA where only sessions were entered in the register.
        state: Text,
        /// Why, for dropped and withdrawn.
        reason: Text,
        /// 1 when entered as a pilot's, or when all of their trials are a pilot's.
        pilot: bool,
        /// 1 when simulated or scripted; NA before the first session.
        simulated: Option<bool>,
        /// Sessions that the study plans for each participant.
        sessions_planned: u32,
        /// Sessions that the register says were done; NA without a register.
        sessions_done: Option<u32>,
        /// Attempts at trials that were recorded: rows in trials_wide.csv.
        trials: u32,
        /// Of these, kept.
        trials_kept: u32,
        /// Of these, with marks.
        trials_marked: u32,
        /// Of these, with outcome contact.
        contacts: u32,
        /// 1 when the participant belongs to the analysis, 0 when there is a reason to leave them out. Somebody who dropped out is kept.
        kept: bool,
        /// Why they are left out, codes separated by spaces: pilot, withdrawn, by_hand; NA when kept.
        exclusion_reason: Text,
        /// The words given with `kerbside exclude` for the participant as such; NA when not excluded by hand.
        exclusion_note: Text,
    }
}

table! {
    /// One row per session in a pack made by `kerbside export`: on what it was run, and when, no finer than can be published.
    pub struct SessionRow in "sessions.csv" {
        /// Participant's pseudonym.
        participant: Text,
        /// Session, from 1.
        session_n: u32,
        /// Year in which it began (UTC); finer dates are left out, since they help to find out who took part; NA when not recorded.
        year: Option<u32>,
        /// Days by the calendar (UTC) from the participant's first session to this one; NA when not recorded.
        days_since_first: Option<i64>,
        /// 1 when it was ended, 0 when it was cut short: then the trials sealed so far are there.
        finished: bool,
        /// 1 when recorded in pilot mode.
        pilot: bool,
        /// 1 when the participant was simulated or scripted.
        simulated: bool,
        /// Trials of its plan.
        trials_planned: u32,
        /// SHA-256 of the study's file with which it began: one of those in study/.
        study_sha256: Text,
        /// SHA-256 of the map: one of those in study/.
        map_sha256: Text,
        /// Version of Kerbside that recorded.
        kerbside: Text,
        /// Kind of headset.
        headset: Text,
        /// Kind of world.
        world: Text,
        /// As fast as the machine could (lockstep), or with frames when they were due (realtime).
        pacing: Text,
        /// Frames a second of a headset without hardware; NA for a real one.
        display_rate_hz: Option<u32>,
        /// Steps a second of the embedded world; NA for another.
        world_step_hz: Option<u32>,
    }
}

table! {
    /// One row per questionnaire asked, in a pack made by `kerbside export`: what to cite, and whose words they are. The words themselves are not exported.
    pub struct InstrumentRow in "instruments.csv" {
        /// Its name in answers.csv and scores.csv.
        instrument: Text,
        /// Version of its file.
        version: Text,
        /// Language of the wording.
        language: Text,
        /// Its name for people.
        title: Text,
        /// 1 when the wording in this language has a published source.
        validated: bool,
        /// Where it comes from.
        citation: Text,
        /// Under what licence the wording was used.
        licence: Text,
        /// SHA-256 of its file, in this language and version.
        sha256: Text,
    }
}
