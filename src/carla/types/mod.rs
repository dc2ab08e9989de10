//! CARLA's structures. Lengths are metres, angles degrees, times seconds; the frame is left-handed: x forward (east on a
//! map), y to the right (south on a map), z up.

mod actor;
mod control;
mod debug;
mod episode;
mod geometry;
mod surroundings;

pub use actor::{
    Actor, ActorAttribute, ActorAttributeValue, ActorDefinition, ActorDescription, ActorId, AttachmentType,
    AttributeKind, StreamToken, WORLD_STREAM,
};
pub use control::{
    AckermannControl, BoneOut, BonesIn, BonesOut, LightFlags, VehicleControl, VehicleLights, WalkerControl,
};
pub use debug::{DebugPrimitive, DebugShape};
pub use episode::{EpisodeInfo, EpisodeSettings, MapInfo, OpendriveParameters, Weather};
pub use geometry::{BoundingBox, Color, GeoLocation, Rotation, Transform, Vector2, Vector3};
pub use surroundings::{EnvironmentObject, LabelledPoint, StreetLight, TrafficLightState};
