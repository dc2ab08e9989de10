//! Maps: OpenDRIVE files as roads, lanes and crosswalks, and the site a study asks for.
