//! Where a map lies on Earth: a PROJ string, map metres to WGS84 and back.
//!
//! Nothing of it enters a record: the projection's mathematics is the crate's, whose last bits may differ between
//! machines.
