//! What is owed to a server is paid on every way out.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kerbside::carla::calls;
use kerbside::carla::commands::Command;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::message::BatchResults;
use kerbside::carla::types::{
    Actor, ActorDescription, BoundingBox, EpisodeInfo, EpisodeSettings, StreamToken, Transform,
};
use kerbside::carla::{Client, Error, Teardown};

use crate::scripted::{Came, Peer, options, serve};

const DIALECT: Dialect = Dialect::V0_9_16;

/// What a server knows that outlives its connections.
#[derive(Debug, Clone, Default)]
struct Known {
    episode: u64,
    settings: EpisodeSettings,
    actors: Vec<(u32, String)>,
    destroyed: Vec<u32>,
    connections: usize,
}

type Server = Arc<Mutex<Known>>;

fn actor(id: u32, blueprint: &str) -> Actor {
    let description = ActorDescription { uid: 1, id: blueprint.to_owned(), attributes: Vec::new() };
    let (bounding_box, semantic_tags) = (BoundingBox::default(), Vec::new());
    Actor { id, parent: None, description, bounding_box, semantic_tags, stream: None }
}

fn answer(server: &Server, peer: &mut Peer, came: &Came) {
    let mut known = server.lock().unwrap();
    match came.method.as_str() {
        "get_episode_info" => {
            let token = StreamToken { stream: 1, port: 1, address: None };
            peer.answer::<calls::GetEpisodeInfo>(came.id, EpisodeInfo { id: known.episode, token });
        }
        "get_episode_settings" => peer.answer::<calls::GetEpisodeSettings>(came.id, known.settings),
        "set_episode_settings" => {
            known.settings = came.arguments::<calls::SetEpisodeSettings>(DIALECT).0;
            peer.answer::<calls::SetEpisodeSettings>(came.id, 1);
        }
        "get_actors_by_id" => {
            let (ids,) = came.arguments::<calls::GetActorsById>(DIALECT);
            let there = known.actors.iter().filter(|(id, _)| ids.contains(id));
            peer.answer::<calls::GetActorsById>(came.id, there.map(|(id, b)| actor(*id, b)).collect());
        }
        "apply_batch" => {
            let (commands, _) = came.arguments::<calls::ApplyBatch>(DIALECT);
            let mut results = Vec::new();
            for command in &commands {
                let Command::DestroyActor(id) = command else { panic!("{command:?}") };
                let was_there = known.actors.iter().any(|(there, _)| there == id);
                known.actors.retain(|(there, _)| there != id);
                known.destroyed.push(*id);
                results.push(if was_there { Ok(*id) } else { Err("not there".to_owned()) });
            }
            peer.answer::<calls::ApplyBatch>(came.id, BatchResults(results));
        }
        "spawn_actor" => {
            let (description, _) = came.arguments::<calls::SpawnActor>(DIALECT);
            known.actors.push((30, description.id.clone()));
            drop(known);
            std::thread::sleep(Duration::from_millis(300));
            peer.answer::<calls::SpawnActor>(came.id, actor(30, &description.id));
        }
        // The test's word for: cut this connection.
        "stop_recorder" => panic!("cut"),
        other => panic!("{other}"),
    }
}

/// A server with three actors, whose first connection can be cut.
fn server(found: EpisodeSettings) -> (Server, Client) {
    let actors = [(24, "spectator"), (25, "vehicle.tesla.model3"), (26, "walker.pedestrian.0001")];
    let actors = actors.map(|(id, blueprint)| (id, blueprint.to_owned())).to_vec();
    let server = Arc::new(Mutex::new(Known { episode: 7, settings: found, actors, ..Known::default() }));
    let shared = server.clone();
    let port = serve(move |_, mut peer| {
        shared.lock().unwrap().connections += 1;
        peer.say_version("0.9.16");
        while let Some(came) = peer.request() {
            if came.method == "stop_recorder" {
                return;
            }
            answer(&shared, &mut peer, &came);
        }
    });
    (server, Client::connect(options(port)).unwrap())
}

/// Our two actors, and time that waits for us.
fn owe(client: &Client) -> Teardown {
    let teardown = Teardown::new(client, Duration::from_secs(5)).unwrap();
    teardown.owes_settings();
    let settings = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.05), ..EpisodeSettings::default() };
    client.call::<calls::SetEpisodeSettings>((settings,)).unwrap();
    teardown.owes(25, "vehicle.tesla.model3");
    teardown.owes_actor(&actor(26, "walker.pedestrian.0001"));
    teardown
}

fn is_left_as_it_was(server: &Server) {
    let known = server.lock().unwrap();
    assert_eq!(known.actors, [(24, "spectator".to_owned())]);
    assert_eq!(known.settings, EpisodeSettings::default());
}

/// Cuts the connection and waits until the client knows.
fn cut(client: &Client) {
    client.send::<calls::StopRecorder>(&()).unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    while client.send::<calls::StopRecorder>(&()).is_ok() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_is_paid_when_told_and_once() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    assert_eq!(teardown.owed(), (vec![25, 26], true));
    // Another hand may pay: a handler of signals.
    teardown.clone().pay().unwrap();
    is_left_as_it_was(&server);
    assert_eq!(teardown.owed(), (Vec::new(), false));
    teardown.pay().unwrap();
    drop(teardown);
    assert_eq!(server.lock().unwrap().destroyed, [26, 25], "what came last goes first, and once");
    assert_eq!(server.lock().unwrap().connections, 1);
}

#[test]
fn it_is_paid_when_dropped() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    teardown.actor_has_gone(25);
    drop(client);
    drop(teardown);
    let known = server.lock().unwrap();
    assert_eq!((&known.destroyed[..], known.settings.synchronous), (&[26][..], false));
}

#[test]
fn an_actor_that_comes_too_late_goes_too() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = Teardown::new(&client, Duration::from_secs(5)).unwrap();
    let spawn = |within| {
        let description = actor(0, "walker.pedestrian.0002").description;
        teardown.spawn(description, Transform::default(), None, Duration::from_millis(within))
    };
    assert_eq!(spawn(5000).unwrap().id, 30);
    assert_eq!(teardown.owed(), (vec![30], false));
    teardown.pay().unwrap();
    assert!(matches!(spawn(50), Err(Error::TimedOut { call: "spawn_actor", .. })));
    drop(teardown);
    let known = server.lock().unwrap();
    assert_eq!((&known.destroyed[..], known.actors.len()), (&[30, 30][..], 3));
}

#[test]
fn it_is_paid_in_a_panic() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    let panicked = std::thread::spawn(move || {
        let _teardown = teardown;
        panic!("as a test says");
    });
    assert!(panicked.join().is_err());
    is_left_as_it_was(&server);
}

#[test]
fn it_is_paid_over_a_new_connection_where_the_first_was_lost() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    cut(&client);
    drop(teardown);
    is_left_as_it_was(&server);
    assert_eq!(server.lock().unwrap().connections, 2);
}

#[test]
fn somebody_else_s_actors_are_left_alone_where_the_connection_was_lost() {
    // The number belongs to another kind of actor now.
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    server.lock().unwrap().actors[1].1 = "vehicle.somebody.else".to_owned();
    cut(&client);
    teardown.pay().unwrap();
    assert_eq!(server.lock().unwrap().destroyed, [26]);
}

#[test]
fn another_episode_has_none_of_our_actors() {
    let (server, client) = server(EpisodeSettings::default());
    let teardown = owe(&client);
    server.lock().unwrap().episode = 8;
    cut(&client);
    teardown.pay().unwrap();
    let known = server.lock().unwrap();
    assert_eq!((&known.destroyed[..], known.settings.synchronous), (&[][..], false));
}

#[test]
fn time_that_somebody_left_waiting_runs_again() {
    let left = EpisodeSettings { synchronous: true, fixed_delta_s: Some(0.1), ..EpisodeSettings::default() };
    let (server, client) = server(left);
    owe(&client).pay().unwrap();
    let settings = server.lock().unwrap().settings;
    assert_eq!((settings.synchronous, settings.fixed_delta_s), (false, Some(0.1)));
}

#[test]
fn a_server_that_is_gone_for_good_is_tried_for_a_bounded_time() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = gone.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let mut peer = Peer::new(gone.accept().unwrap().0);
        // Nobody listens any more.
        drop(gone);
        peer.say_version("0.9.16");
        let known = Server::new(Mutex::new(Known { episode: 7, ..Known::default() }));
        for _ in 0..3 {
            let came = peer.request().unwrap();
            answer(&known, &mut peer, &came);
        }
    });
    let client = Client::connect(options(port)).unwrap();
    let teardown = Teardown::new(&client, Duration::from_secs(1)).unwrap();
    teardown.owes_settings();
    client.call::<calls::SetEpisodeSettings>((EpisodeSettings::default(),)).unwrap();
    serving.join().unwrap();
    let before = Instant::now();
    assert!(matches!(teardown.pay(), Err(Error::NoConnection { .. })));
    assert!(before.elapsed() < Duration::from_secs(3));
    assert_eq!(teardown.owed(), (Vec::new(), true));
}
