//! The episode: its map, its time step, its weather.

use super::{StreamToken, Transform};
use crate::carla::values::wire;
use crate::carla::wire::{Malformed, Reader, Wire, Writer};

/// Which episode is running: it changes when a map is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpisodeInfo {
    /// Its number.
    pub id: u64,
    /// The world's stream.
    pub token: StreamToken,
}
wire!(EpisodeInfo { id, token });

/// The map that is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct MapInfo {
    /// Its path below the server's `Content`: `Carla/Maps/Town01`, `Carla/Maps/OpenDriveMap`.
    pub name: String,
    /// Where vehicles can be put.
    pub spawn_points: Vec<Transform>,
}
wire!(MapInfo { name, spawn_points });

/// How time runs in the server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpisodeSettings {
    /// Whether the server waits for a tick cue before each step.
    pub synchronous: bool,
    /// Whether cameras see nothing.
    pub no_rendering: bool,
    /// The time step, s; without it steps take as long as they take.
    pub fixed_delta_s: Option<f64>,
    /// Whether physics may take several steps within one.
    pub substepping: bool,
    /// The longest of them, s.
    pub max_substep_delta_s: f64,
    /// How many at most; `fixed_delta_s` must not be longer than all together.
    pub max_substeps: i32,
    /// Things further off are not drawn, m; 0 is no limit.
    pub max_culling_distance_m: f32,
    /// Whether people who fall fall the same way each time.
    pub deterministic_ragdolls: bool,
    /// Of large maps: how much is loaded around a vehicle, m.
    pub tile_stream_distance_m: f32,
    /// Of large maps: how far from a vehicle actors are simulated, m.
    pub actor_active_distance_m: f32,
    /// Of large maps: whether the spectator counts as a vehicle; from 0.9.15 on.
    pub spectator_as_ego: Option<bool>,
}

impl Default for EpisodeSettings {
    /// As a server starts: asynchronous.
    fn default() -> Self {
        Self {
            synchronous: false,
            no_rendering: false,
            fixed_delta_s: None,
            substepping: true,
            max_substep_delta_s: 0.01,
            max_substeps: 10,
            max_culling_distance_m: 0.0,
            deterministic_ragdolls: true,
            tile_stream_distance_m: 3000.0,
            actor_active_distance_m: 2000.0,
            spectator_as_ego: Some(true),
        }
    }
}

impl Wire for EpisodeSettings {
    fn write(&self, to: &mut Writer) {
        let with_spectator = to.dialect().settings_have_spectator();
        to.array(if with_spectator { 11 } else { 10 });
        self.synchronous.write(to);
        self.no_rendering.write(to);
        self.fixed_delta_s.write(to);
        self.substepping.write(to);
        self.max_substep_delta_s.write(to);
        self.max_substeps.write(to);
        self.max_culling_distance_m.write(to);
        self.deterministic_ragdolls.write(to);
        self.tile_stream_distance_m.write(to);
        self.actor_active_distance_m.write(to);
        if with_spectator {
            self.spectator_as_ego.unwrap_or(true).write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("EpisodeSettings", 10, |from, len| {
            let settings = Self {
                synchronous: bool::read(from)?,
                no_rendering: bool::read(from)?,
                fixed_delta_s: Option::read(from)?,
                substepping: bool::read(from)?,
                max_substep_delta_s: f64::read(from)?,
                max_substeps: i32::read(from)?,
                max_culling_distance_m: f32::read(from)?,
                deterministic_ragdolls: bool::read(from)?,
                tile_stream_distance_m: f32::read(from)?,
                actor_active_distance_m: f32::read(from)?,
                spectator_as_ego: if len > 10 { Some(bool::read(from)?) } else { None },
            };
            Ok((settings, len.min(11)))
        })
        .map_err(|e| e.within("EpisodeSettings", "*"))
    }
}

/// How a road's surface is made from OpenDRIVE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpendriveParameters {
    /// How far corners of the surface lie apart, m.
    pub vertex_distance_m: f64,
    /// How long a piece of road is at most, m.
    pub max_road_length_m: f64,
    /// How high walls at the road's edge are, m; 0 is none.
    pub wall_height_m: f64,
    /// How much wider lanes of junctions are, m.
    pub additional_width_m: f64,
    /// Whether junctions are smoothed.
    pub smooth_junctions: bool,
    /// Whether the surface can be seen.
    pub mesh_is_visible: bool,
    /// Whether walkers find ways on it.
    pub pedestrian_navigation: bool,
}
wire!(OpendriveParameters {
    vertex_distance_m,
    max_road_length_m,
    wall_height_m,
    additional_width_m,
    smooth_junctions,
    mesh_is_visible,
    pedestrian_navigation,
});

impl Default for OpendriveParameters {
    /// As libcarla has them.
    fn default() -> Self {
        Self {
            vertex_distance_m: 2.0,
            max_road_length_m: 50.0,
            wall_height_m: 1.0,
            additional_width_m: 0.6,
            smooth_junctions: true,
            mesh_is_visible: true,
            pedestrian_navigation: true,
        }
    }
}

/// The weather, in percent where nothing else is said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weather {
    /// Clouds.
    pub cloudiness: f32,
    /// Rain.
    pub precipitation: f32,
    /// Puddles.
    pub precipitation_deposits: f32,
    /// Wind.
    pub wind_intensity: f32,
    /// Where the sun is, degrees.
    pub sun_azimuth_angle: f32,
    /// How high the sun is, degrees; below 0 it is night.
    pub sun_altitude_angle: f32,
    /// Fog.
    pub fog_density: f32,
    /// Where fog begins, m.
    pub fog_distance: f32,
    /// How fast fog thins out upwards.
    pub fog_falloff: f32,
    /// How wet roads look.
    pub wetness: f32,
    /// Light scattered by fog.
    pub scattering_intensity: f32,
    /// Haze.
    pub mie_scattering_scale: f32,
    /// Blue of the sky; 0.0331 on Earth.
    pub rayleigh_scattering_scale: f32,
    /// Dust.
    pub dust_storm: f32,
}
wire!(Weather {
    cloudiness,
    precipitation,
    precipitation_deposits,
    wind_intensity,
    sun_azimuth_angle,
    sun_altitude_angle,
    fog_density,
    fog_distance,
    fog_falloff,
    wetness,
    scattering_intensity,
    mie_scattering_scale,
    rayleigh_scattering_scale,
    dust_storm,
});
