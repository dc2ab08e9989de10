//! Georeferences without a peer: published control values, what is kept, dropped, doubted and refused.

use super::*;

/// Degrees from degrees, minutes and seconds.
fn dms(d: f64, m: f64, s: f64) -> f64 {
    d.signum() * (d.abs() + m / 60.0 + s / 3600.0)
}

/// The worked examples of IOGP Publication 373-7-2 (EPSG guidance note 7, part 2), section "Map projections".
/// Latitude and longitude are those of the example's own datum, so no shift is given.
#[test]
fn published_control_values() {
    const US_FOOT_M: f64 = 1200.0 / 3937.0;
    #[rustfmt::skip]
    let cases = [
        // Lambert Conic Conformal (1SP): JAD69 / Jamaica National Grid.
        ("+proj=lcc +lat_1=18 +lat_0=18 +lon_0=-77 +k_0=1 +x_0=250000 +y_0=150000 +a=6378206.4 +rf=294.97870",
         dms(17.0, 55.0, 55.80), dms(-76.0, 56.0, 37.26), 255_966.58, 142_493.51, 0.0051),
        // Lambert Conic Conformal (2SP): NAD27 / Texas South Central, in US survey feet.
        ("+proj=lcc +lat_1=28d23'N +lat_2=30d17'N +lat_0=27d50'N +lon_0=-99 +x_0=609601.2192024384 +y_0=0 +ellps=clrk66",
         28.5, -96.0, 2_963_503.91 * US_FOOT_M, 254_759.80 * US_FOOT_M, 0.0051),
        // Mercator (variant A): Makassar / NEIEZ.
        ("+proj=merc +lon_0=110 +k=0.997 +x_0=3900000 +y_0=900000 +ellps=bessel",
         -3.0, 120.0, 5_009_726.58, 569_150.82, 0.0051),
        // Mercator (variant B): Pulkovo 1942 / Caspian Sea.
        ("+proj=merc +lat_ts=42 +lon_0=51 +ellps=krass", 53.0, 53.0, 165_704.29, 5_171_848.07, 0.0051),
        // Popular Visualisation Pseudo Mercator.
        ("EPSG:3857", dms(24.0, 22.0, 54.433), dms(-100.0, 20.0, 0.0), -11_169_055.58, 2_800_000.00, 0.016),
        // Transverse Mercator: OSGB36 / British National Grid.
        ("+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996013 +x_0=400000 +y_0=-100000 +a=6377563.396 +rf=299.32496",
         50.5, 0.5, 577_274.99, 69_740.50, 0.0051),
        // Oblique Stereographic: Amersfoort / RD New.
        ("+proj=sterea +lat_0=52d9'22.178\"N +lon_0=5d23'15.500\"E +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel",
         53.0, 6.0, 196_105.283, 557_057.739, 0.0006),
    ];
    for (string, lat_deg, lon_deg, x_m, y_m, close_m) in cases {
        let earth = Earth::read(string).unwrap();
        let found = earth.from_wgs84(Wgs84 { lat_deg, lon_deg, height_m: 7.0 }).unwrap();
        let apart = (found - DVec3::new(x_m, y_m, 7.0)).abs();
        assert!(apart.max_element() < close_m, "{string}: {found}");
        let back = earth.to_wgs84(found).unwrap();
        assert!((back.lat_deg - lat_deg).abs() < 1e-10 && (back.lon_deg - lon_deg).abs() < 1e-10, "{string}: {back:?}");
        assert_eq!(back.height_m, 7.0);
    }
}

#[test]
fn what_is_refused_is_named() {
    let long = format!("+proj=tmerc {}", "+no_defs ".repeat(1000));
    #[rustfmt::skip]
    let cases = [
        ("", "no +proj"),
        ("hello", "`hello` is not understood"),
        ("+lat_0=40 +lon_0=3", "no +proj"),
        ("+proj=longlat +datum=WGS84", "is in degrees"),
        ("+proj=latlong", "is in degrees"),
        ("+proj=geocent", "Earth's centre"),
        ("+proj=laea +lat_0=52 +lon_0=10", "`+proj=laea` is not among"),
        ("+proj=frob", "`+proj=frob` is not among"),
        ("+proj", "`+proj` is not understood"),
        ("+proj=tmerc +lat_0=nan", "`+lat_0=nan` is not a number"),
        ("+proj=tmerc +lat_0=inf", "`+lat_0=inf` is not a number"),
        ("+proj=tmerc +k=", "`+k=` is not a number"),
        ("+proj=tmerc +x_0=5km", "`+x_0=5km` is not a number"),
        ("+proj=tmerc +x_0=1e999", "`+x_0=1e999` is not a number"),
        ("+proj=tmerc +lat_0", "`+lat_0` is not understood"),
        ("+proj=tmerc +lat_0=north", "`+lat_0=north` is no angle"),
        ("+proj=tmerc +ellps=frob", "is no projection"),
        ("+proj=tmerc +a=-5", "not the size of the Earth"),
        ("+proj=tmerc +towgs84=1,2", "is no projection"),
        ("+proj=tmerc +lat_0 = 40", "`+lat_0` is not understood"),
        ("+proj=tmerc +units=us-ft", "`+units=us-ft` is a unit"),
        ("+proj=tmerc +to_meter=0.3048", "`+to_meter=0.3048` is a unit"),
        ("+proj=tmerc +axis=neu", "turns the axes"),
        ("+proj=tmerc +nadgrids=BETA2007.gsb", "`+nadgrids=BETA2007.gsb` names a grid file"),
        ("+proj=tmerc +nadgrids=@conus,@null", "names a grid file"),
        ("+proj=tmerc +datum=potsdam", "`+datum=potsdam` has several ways"),
        ("+proj=tmerc +datum=WGS84 +a=6378137", "`+a=6378137` beside `+datum=WGS84`"),
        ("+proj=utm +datum=WGS84", "without +zone"),
        ("+proj=utm +zone=61", "is no zone"),
        ("+proj=utm +zone=0", "is no zone"),
        ("+proj=utm +zone=3.5", "is no zone"),
        ("+proj=lcc +lat_0=40", "without +lat_1"),
        ("+proj=lcc +lat_1=40 +lat_2=-40", "is no cone"),
        ("+proj=tmerc +lat_0=40 +lon_0=3 +frob", "`+frob` is not understood"),
        ("+proj=omerc +lonc=8 +alpha=30", "`+proj=omerc` is not among"),
        // What PROJ refuses as well (`proj_refuses_it_too`).
        ("+proj=tmerc +lat_0=95 +lon_0=8", "`+lat_0=95` is no latitude"),
        ("+proj=tmerc +lat_0=-90.001 +lon_0=8", "is no latitude"),
        ("+proj=tmerc +lat_0=89d90'N +lon_0=8", "is no latitude"),
        ("+proj=utm +zone=32 +lat_0=95", "is no latitude"),
        ("+proj=lcc +lat_1=95", "is no latitude"),
        ("+proj=lcc +lat_1=90", "at a pole"),
        ("+proj=lcc +lat_1=49 +lat_2=-90", "at a pole"),
        ("+proj=lcc +lat_1=0", "is no cone"),
        ("+proj=aea +lat_1=10 +lat_2=-10", "is no cone"),
        ("+proj=merc +lat_ts=95", "is no latitude"),
        ("+proj=merc +lat_ts=90", "at a pole"),
        ("+proj=tmerc +lat_0=40:30", "`+lat_0=40:30` is no angle"),
        ("+proj=tmerc +lat_0=49 +k=0", "is no scale"),
        ("+proj=utm +zone=32 +k_0=-1", "is no scale"),
        ("+proj=tmerc +lat_0=49 +a=6378137 +rf=0.5", "is no flattening"),
        ("+proj=tmerc +lat_0=49 +a=6378137 +f=1", "is no flattening"),
        ("+proj=tmerc +lat_0=49 +a=6378137 +es=-0.1", "is no flattening"),
        ("+proj=tmerc +lat_0=49 +a=6378137 +b=0", "not the size of the Earth"),
        ("+proj=tmerc +lat_0=49 +R=1737400", "not the size of the Earth"),
        // PROJ goes round the Earth as often as it takes.
        ("+proj=tmerc +lat_0=49 +lon_0=1000", "`+lon_0=1000` is no longitude"),
        ("EPSG:4326", "`EPSG:4326` is not among the EPSG codes"),
        ("EPSG:", "not among the EPSG codes"),
        ("EPSG:32661", "not among the EPSG codes"),
        ("+init=epsg:31467", "not among the EPSG codes"),
        ("urn:ogc:def:crs:EPSG::2056", "not among the EPSG codes"),
        ("PROJCS[\"WGS 84 / UTM zone 32N\",GEOGCS[\"WGS 84\"]]", "is WKT"),
        ("PROJCRS[\"x\"]", "is WKT"),
        ("{\"type\": \"ProjectedCRS\"}", "is PROJJSON"),
        ("+proj=pipeline +step +proj=utm +zone=32", "is a PROJ pipeline"),
        (&long, "9011 characters"),
    ];
    for (string, part) in cases {
        let error = Earth::read(string).map(|e| e.used).unwrap_err();
        assert!(error.what.contains(part), "{string:.60}: {error}");
        assert!(!error.cure.is_empty(), "{string}");
    }
}

#[test]
fn what_is_used_is_said() {
    #[rustfmt::skip]
    let cases = [
        ("EPSG:32632", "+proj=utm +zone=32 +datum=WGS84", 0),
        ("epsg:32756", "+proj=utm +zone=56 +south +datum=WGS84", 0),
        ("+init=epsg:25833 +no_defs", "+proj=utm +zone=33 +ellps=GRS80 +towgs84=0,0,0", 0),
        ("urn:ogc:def:crs:EPSG::3857", "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0", 0),
        // PROJ takes words without + too.
        ("proj=tmerc lat_0=40 lon_0=3 no_defs", "+proj=tmerc +lat_0=40 +lon_0=3", 0),
        ("+proj=tmerc\n +lat_0=40\t+lon_0=3 +units=m +type=crs +wktext +axis=enu +to_meter=1", "+proj=tmerc +lat_0=40 +lon_0=3", 0),
        ("+proj=tmerc +lat_0=40d30N +lon_0=3.25W +approx +over +lon_wrap=180", "+proj=tmerc +lat_0=40.5 +lon_0=-3.25", 0),
        // What RoadRunner, CARLA and netconvert write about UTM says nothing new.
        ("+proj=utm +zone=32 +lat_0=0 +lon_0=9 +k=0.9996 +x_0=500000 +y_0=0 +datum=WGS84", "+proj=utm +zone=32 +datum=WGS84", 0),
        ("+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84", "+proj=utm +zone=32 +datum=WGS84", 0),
        ("+proj=tmerc +lat_0=40 +lat_0=40 +lon_0=3", "+proj=tmerc +lat_0=40 +lon_0=3", 0),
        ("+proj=tmerc +lat_0=40 +lon_0=3 +ellps=bessel +datum=WGS84", "+proj=tmerc +lat_0=40 +lon_0=3 +datum=WGS84", 1),
        ("+proj=tmerc +lat_0=40 +lon_0=3 +south", "+proj=tmerc +lat_0=40 +lon_0=3", 1),
    ];
    for (string, used, doubts) in cases {
        let earth = Earth::read(string).unwrap();
        assert_eq!(earth.used, used, "{string}");
        assert_eq!(earth.contradictions.len(), doubts, "{string}: {:?}", earth.contradictions);
    }
}

#[test]
fn heights_pass_through() {
    let earth = Earth::read("+proj=tmerc +lat_0=40 +lon_0=3 +geoidgrids=egm96_15.gtx +vunits=us-ft").unwrap();
    assert_eq!(earth.vertical_dropped, ["+geoidgrids=egm96_15.gtx", "+vunits=us-ft"]);
    let bessel =
        Earth::read("+proj=utm +zone=32 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7").unwrap();
    for earth in [earth, bessel] {
        let map_m = DVec3::new(500_010.0, 20.0, 333.25);
        assert_eq!(earth.to_wgs84(map_m).unwrap().height_m, 333.25);
        assert_eq!(earth.from_wgs84(earth.to_wgs84(map_m).unwrap()).unwrap().z, 333.25);
    }
}

#[test]
fn no_place_is_ever_not_a_number() {
    let earth = Earth::read("+proj=tmerc +lat_0=40 +lon_0=3").unwrap();
    for x in [f64::NAN, f64::INFINITY, 1e300, 1e30, 1e9, -1e8] {
        for map_m in [DVec3::new(x, 0.0, 0.0), DVec3::new(0.0, x, 0.0)] {
            assert!(earth.to_wgs84(map_m).unwrap_err().what.contains("lies outside"), "{map_m}");
        }
        for (lat_deg, lon_deg) in [(x, 0.0), (0.0, x), (91.0, 0.0)] {
            assert!(earth.from_wgs84(Wgs84 { lat_deg, lon_deg, height_m: 0.0 }).is_err(), "{lat_deg} {lon_deg}");
        }
    }
    let unknown_height = DVec3::new(0.0, 0.0, f64::NAN);
    assert!(earth.to_wgs84(unknown_height).is_err());
}
