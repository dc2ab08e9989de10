//! Whatever a CARLA server sends: replies and frames are understood or refused, and what is understood is written and
//! read again as the same.
#![no_main]

use kerbside::carla::calls;
use kerbside::carla::commands::Command;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::WorldSnapshot;
use kerbside::carla::message::{self, Call, Reply, Request};
use kerbside::carla::sensors::{SensorFrame, SensorKind};
use kerbside::carla::wire::{Extent, Reader, Wire, Writer};
use libfuzzer_sys::fuzz_target;

/// Two readings of the same: numbers that are none are not equal to themselves, their bytes are.
fn replied<C: Call>(bytes: &[u8], dialect: Dialect) {
    let Ok(reply) = Reply::read(bytes, dialect) else { return };
    let Ok(answer) = reply.answer::<C>() else { return };
    let again = message::reply::<C>(reply.id, &answer, dialect);
    let read = Reply::read(&again, dialect).unwrap().answer::<C>().unwrap();
    assert_eq!(message::reply::<C>(reply.id, &read, dialect), again);
    assert!(again.len() <= 8 * bytes.len() + 64, "{} of {}", again.len(), bytes.len());
}

fn written(value: &impl Wire, dialect: Dialect) -> Vec<u8> {
    let mut to = Writer::new(dialect);
    value.write(&mut to);
    to.into_bytes()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let dialect = Dialect::ALL[usize::from(*first) % Dialect::ALL.len()];

    // Where a value ends does not depend on how its bytes come.
    let whole = Extent::default().find(bytes);
    let mut piecewise = Extent::default();
    if let Some(found) = (0..=bytes.len()).find_map(|len| piecewise.find(&bytes[..len]).transpose()) {
        assert_eq!(whole, found.map(Some));
    } else {
        assert_eq!(whole, Ok(None));
        assert!(piecewise.at_least() > bytes.len());
    }

    replied::<calls::ApplyBatch>(bytes, dialect);
    replied::<calls::GetActorsById>(bytes, dialect);
    replied::<calls::GetActorDefinitions>(bytes, dialect);
    replied::<calls::GetBonesTransform>(bytes, dialect);
    replied::<calls::GetEpisodeInfo>(bytes, dialect);
    replied::<calls::GetEpisodeSettings>(bytes, dialect);
    replied::<calls::GetMapInfo>(bytes, dialect);
    replied::<calls::GetRequiredFiles>(bytes, dialect);
    replied::<calls::GetSensorToken>(bytes, dialect);
    replied::<calls::GetVehicleLightStates>(bytes, dialect);
    replied::<calls::GetWeatherParameters>(bytes, dialect);
    replied::<calls::QueryLightsState>(bytes, dialect);
    replied::<calls::RequestFile>(bytes, dialect);
    replied::<calls::SetBonesTransform>(bytes, dialect);

    if let Ok(request) = Request::read(bytes, dialect) {
        let _ = request.arguments::<calls::SpawnActorWithParent>();
        let _ = request.arguments::<calls::ReplayFile>();
        let _ = request.arguments::<calls::DrawDebugShape>();
    }
    if let Ok(command) = Command::read(&mut Reader::new(bytes, dialect)) {
        let again = written(&command, dialect);
        let read = Command::read(&mut Reader::new(&again, dialect)).unwrap();
        assert_eq!(written(&read, dialect), again);
    }
    if let Ok(snapshot) = WorldSnapshot::read(bytes) {
        for actor in &snapshot.actors {
            let _ = (actor.own.vehicle(), actor.own.walker(), actor.own.traffic_light());
        }
        let again = snapshot.to_bytes(dialect);
        // All but the number of the sensor and where it was, of which a snapshot knows nothing.
        assert_eq!(again[8..24], bytes[8..24]);
        assert_eq!(again[48..], bytes[48..]);
    }
    use SensorKind as K;
    for kind in [K::Rgb, K::Gnss, K::Imu, K::Collision, K::Obstacle, K::Lidar, K::SemanticLidar, K::Radar] {
        if let Ok(frame) = SensorFrame::read(bytes, Some(kind), dialect) {
            let again = frame.to_bytes(dialect);
            let read = SensorFrame::read(&again, Some(kind), dialect).unwrap();
            assert_eq!(read.to_bytes(dialect), again);
        }
    }
});
