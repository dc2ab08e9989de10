//! A session made ready and run: new or continued, devices, record, desk.

use super::conduct::Conduct;
use super::devices::{Devices, devices};
use super::opening::{Opening, open};
use super::order::{Done, Ended, Observer, Order, without_items};
use super::worlds::{self, world};
use crate::desk::{BoothDesk, Desk};
use crate::problem::Outcome;
use crate::record::Ending;
use crate::session::{Session, SessionSpec};
use crate::study::Whose;
use std::sync::Arc;

/// Makes the headset of a session, and its booth.
pub type Opens<'a> = dyn FnMut(&Order<'_>) -> Outcome<Devices> + 'a;

/// Runs a session to its end, or continues one; each step is sealed before the next begins.
pub fn run_session(order: &Order<'_>, desk: &mut dyn Desk, observer: &mut dyn Observer) -> Outcome<Done> {
    run_session_with(order, desk, observer, &mut devices)
}

/// The same with a headset of the caller's making.
pub fn run_session_with(
    order: &Order<'_>,
    desk: &mut dyn Desk,
    observer: &mut dyn Observer,
    opens: &mut Opens<'_>,
) -> Outcome<Done> {
    // Open before anything is written, and before anybody puts a headset on.
    let worlds::Opened { mut world, sensors } = world(order)?;
    let prepared = order.prepared;
    let Devices { mut headset, booth } = opens(order)?;
    let mut in_booth;
    let desk: &mut dyn Desk = match booth {
        Some(booth) => {
            in_booth = BoothDesk::new(booth, desk).speaking(prepared.study.spoken());
            &mut in_booth
        }
        None => desk,
    };
    let descriptions = (headset.describe(), world.describe());
    let spec = spec(order, descriptions.0.simulated)?;
    let Opening { mut recorder, progress, done, redos, stopped, judged, introduced, answers, trials, opened } =
        open(order, &spec, &descriptions)?;
    recorder.serve(&sensors);
    observer.opened(&opened)?;
    let agenda = prepared.study.agenda(&spec.trials);
    let mut conduct = Conduct {
        study: &prepared.study,
        session: Session::continued(&spec, headset.as_mut(), world.as_mut(), progress),
        recorder,
        desk,
        items_at_desk: order.items_at_desk,
        introduced,
        judged,
        answers,
        sealed: &mut |head| observer.sealed(head),
        trials,
        head: opened.head,
        ended: stopped.map(Ended::Stopped),
    };
    let ran = conduct.run(agenda, &done, redos);
    conduct.session.shut_down();
    let Conduct { recorder, trials, ended, mut head, .. } = conduct;
    ran?;
    let ended = ended.unwrap_or(Ended::Done);
    let ending = match &ended {
        Ended::Done => Some(Ending::Done),
        Ended::Stopped(reason) => Some(Ending::Stopped(reason.clone())),
        Ended::Left(_) | Ended::Broken(_) => None,
    };
    match ending {
        Some(ending) => head = recorder.finish(&ending)?,
        None => drop(recorder),
    }
    Ok(Done { trials: trials.len(), head, ended })
}

/// The session's plan at its sites.
fn spec(order: &Order<'_>, simulated: bool) -> Outcome<SessionSpec> {
    let (prepared, who) = (order.prepared, order.who);
    let whose = Whose { participant: &who.participant, plan_row: who.plan_row, session_n: who.session_n };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites)?;
    let trials: Vec<_> = trials.into_iter().map(Arc::new).collect();
    Ok(SessionSpec {
        participant: who.participant.clone(),
        session_n: who.session_n,
        pilot: who.pilot,
        simulated,
        sites: prepared.sites.clone(),
        trials: if order.items_at_desk { without_items(trials) } else { trials },
    })
}
