//! Audits without CARLA: answers made by hand.
