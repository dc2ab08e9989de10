//! A trial made ready: the spec, the site, and what follows from both.

use super::braking::PedestrianSeen;
use super::geometry::Footprint;
use super::participant::{BODY_RADIUS_M, Participant};
use super::site::{Approach, ConflictZone, Site};
use super::spec::{Ends, TrialSpec, VehicleSpec};
use crate::problem::{Place, Problem};
use crate::table::{GroundSource, Role, VehicleRow};
use glam::DVec2;
use std::sync::Arc;

/// One attempt at a trial, ready to run.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Running number of the attempt within the session.
    pub trial_n: u32,
    /// The site.
    pub site: Arc<Site>,
    /// The session's first site: headsets without hardware lay their stage at its start mark.
    pub first_site: Arc<Site>,
    /// The trial.
    pub spec: Arc<TrialSpec>,
    /// Conflict zone of each vehicle, in the spec's order.
    pub zones: Vec<ConflictZone>,
}

impl Setup {
    /// Checks the spec against the site: every vehicle has a lane, room to start and a zone.
    pub fn new(trial_n: u32, site: Arc<Site>, spec: Arc<TrialSpec>) -> Result<Self, Problem> {
        let mut zones = Vec::with_capacity(spec.vehicles.len());
        for (i, vehicle) in spec.vehicles.iter().enumerate() {
            let wrong = |what: String, cure: &str| {
                let part = format!("plan position {}, vehicle {} ({})", spec.plan_n, i + 1, vehicle.role.word());
                Problem::new(Place::default().part(part), what, cure)
            };
            let approach = site.approaches.get(vehicle.approach).ok_or_else(|| {
                wrong(
                    format!("crosswalk {} has no approach number {}", site.crosswalk_id, vehicle.approach + 1),
                    "choose an approach that `crosswalk` has, or another crosswalk",
                )
            })?;
            let reach_m = approach.pedestrian_line_s_m;
            if vehicle.start_to_pedestrian_line_m > reach_m {
                return Err(wrong(
                    format!(
                        "starts {:.1} m before the pedestrian's line, but {} reaches back only {reach_m:.1} m",
                        vehicle.start_to_pedestrian_line_m, approach.id
                    ),
                    "shorten the start distance or the headway, lower the speed, or take another approach or crosswalk",
                ));
            }
            zones.push(ConflictZone::new(&approach.path, vehicle.width_m, &site.crosswalk).ok_or_else(|| {
                wrong(
                    format!("its path ({}) does not meet the crosswalk's polygon", approach.id),
                    "take another approach or crosswalk",
                )
            })?);
        }
        Ok(Self { trial_n, first_site: Arc::clone(&site), site, spec, zones })
    }

    /// The same trial in a session whose first site is this.
    #[must_use]
    pub fn in_session_at(self, first_site: &Arc<Site>) -> Self {
        Self { first_site: Arc::clone(first_site), ..self }
    }

    /// The spec of vehicle `vehicle_n`, from 1.
    pub fn vehicle(&self, vehicle_n: u32) -> Option<&VehicleSpec> {
        self.spec.vehicles.get(usize::try_from(vehicle_n).ok()?.checked_sub(1)?)
    }

    /// The lane of a vehicle of this trial.
    pub fn approach(&self, vehicle: &VehicleSpec) -> Option<&Approach> {
        self.site.approaches.get(vehicle.approach)
    }

    /// The target's conflict zone.
    pub fn target_zone(&self) -> Option<&ConflictZone> {
        let i = self.spec.vehicles.iter().position(|vehicle| vehicle.role == Role::Target)?;
        self.zones.get(i)
    }

    /// Whether the body of a person on this ground point reaches into the zone.
    pub fn body_in_zone(zone: &ConflictZone, ground_m: DVec2) -> bool {
        zone.reached_by(ground_m, BODY_RADIUS_M)
    }

    /// Whether a person on this ground point has gone as far as a trial that ends at step-off lets them: past the kerb
    /// by what the study says, and by the margin at which the kerb counts as passed.
    pub fn stepped_off(&self, source: Option<GroundSource>, ground_m: DVec2) -> bool {
        let Ends::StepOff { past_kerb_m } = self.spec.ends else { return false };
        self.site.past_kerb_m(ground_m) >= past_kerb_m.max(Participant::kerb_margin_m(source))
    }

    /// What the policy of vehicle `i` (from 0) knows of the participant; none when untracked.
    pub fn pedestrian_seen(&self, i: usize, participant: &Participant) -> Option<PedestrianSeen> {
        let ground_m = participant.ground_m()?;
        let zone = self.zones.get(i)?;
        let zone_end_x_m = zone.bounds[1].x;
        Some(PedestrianSeen {
            past_kerb_m: self.site.past_kerb_m(ground_m),
            past_zone: ground_m.x - BODY_RADIUS_M > zone_end_x_m || self.site.past_far_kerb_m(ground_m) >= 0.0,
        })
    }

    /// Footprint of a vehicle as drawn; none when its pose is unknown.
    pub fn footprint(&self, row: &VehicleRow) -> Option<Footprint> {
        let spec = self.vehicle(row.vehicle_n)?;
        Some(Footprint {
            centre: DVec2::new(row.site_x_m.known()?, row.site_y_m.known()?),
            yaw_rad: row.site_yaw_rad.known()?,
            length_m: spec.length_m,
            width_m: spec.width_m,
        })
    }
}
