//! Colours and how far apart they look.

/// CIE L*a*b* under D65.
type Lab = [f64; 3];

/// IEC 61966-2-1: linear sRGB to XYZ, Y of white being 1.
const XYZ_FROM_SRGB: [[f64; 3]; 3] = [
    [0.412_390_8, 0.357_584_3, 0.180_480_8],
    [0.212_639_0, 0.715_168_7, 0.072_192_3],
    [0.019_330_8, 0.119_194_8, 0.950_532_2],
];

/// How far apart two sRGB colours look: CIEDE2000 under D65 (Sharma, Wu & Dalal 2005, Color Res. Appl. 30, 21-30).
pub fn ciede2000(a_srgb: [u8; 3], b_srgb: [u8; 3]) -> f64 {
    difference(lab(a_srgb), lab(b_srgb))
}

/// Luminance of an sRGB colour, white being 1 (CIE Y).
pub fn luminance(srgb: [u8; 3]) -> f64 {
    let linear = srgb.map(linear);
    XYZ_FROM_SRGB[1].iter().zip(linear).map(|(a, b)| a * b).sum()
}

/// How a light stands out from its surroundings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// (light - surroundings) / surroundings; infinite against black.
    pub weber: f64,
    /// Light / surroundings.
    pub ratio: f64,
    /// How far apart the colours look.
    pub ciede2000: f64,
}

/// The contrast of a light against what is around it.
pub fn contrast(light_srgb: [u8; 3], around_srgb: [u8; 3]) -> Contrast {
    let (light, around) = (luminance(light_srgb), luminance(around_srgb));
    let ratio = light / around;
    Contrast { weber: ratio - 1.0, ratio, ciede2000: ciede2000(light_srgb, around_srgb) }
}

/// A byte of sRGB as a share of full light.
fn linear(byte: u8) -> f64 {
    let c = f64::from(byte) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn lab(srgb: [u8; 3]) -> Lab {
    let linear = srgb.map(linear);
    let of = |row: &[f64; 3], rgb: [f64; 3]| row.iter().zip(rgb).map(|(a, b)| a * b).sum::<f64>();
    // Against the white of the same matrix, so that greys have no colour.
    let [x, y, z] = [0, 1, 2].map(|i| {
        let t = of(&XYZ_FROM_SRGB[i], linear) / of(&XYZ_FROM_SRGB[i], [1.0; 3]);
        if t > (6.0_f64 / 29.0).powi(3) { t.cbrt() } else { t / (3.0 * (6.0_f64 / 29.0).powi(2)) + 4.0 / 29.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The share by which chroma weighs, of 25 to the seventh power.
fn seventh(chroma: f64) -> f64 {
    let c7 = chroma.powi(7);
    (c7 / (c7 + 25.0_f64.powi(7))).sqrt()
}

/// Hue from 0 to 360 degrees; 0 for a grey.
fn hue_deg(a: f64, b: f64) -> f64 {
    if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) }
}

/// CIEDE2000 with all three factors 1, by the steps of Sharma, Wu & Dalal.
fn difference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab) -> f64 {
    let g = 0.5 * (1.0 - seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0));
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let (h1, h2) = (hue_deg(a1, b1), hue_deg(a2, b2));
    let grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if grey => 0.0,
        d if d > 180.0 => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let h = match h1 + h2 {
        sum if grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let cos = |deg: f64| deg.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.2 * cos(4.0 * h - 63.0);
    let off = (l - 50.0).powi(2);
    let (sl, sc, sh) = (1.0 + 0.015 * off / (20.0 + off).sqrt(), 1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let bend_deg = 60.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rt = -2.0 * seventh(c) * bend_deg.to_radians().sin();
    let (l, c, h) = (dl / sl, dc / sc, dh / sh);
    (l * l + c * c + h * h + rt * c * h).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sharma, Wu & Dalal 2005, table 1: two colours in L*a*b* and how far apart they are.
    #[rustfmt::skip]
    const PUBLISHED: [(Lab, Lab, f64); 34] = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615),
        ([50.0, 2.8361, -74.0200], [50.0, 0.0, -82.7485], 3.4412),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -1.1848, -84.8006], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -0.9009, -85.5211], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, -1.0, 2.0], [50.0, 0.0, 0.0], 2.3669),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0009], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0010], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0011], 7.2195),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0012], 7.2195),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0009, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0010, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0011, -2.4900], 4.7461),
        ([50.0, 2.5, 0.0], [50.0, 0.0, -2.5], 4.3065),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.8977),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([50.0, 2.5, 0.0], [58.0, 24.0, 15.0], 19.4535),
        ([50.0, 2.5, 0.0], [50.0, 3.1736, 0.5854], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 3.2972, 0.0], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 1.8634, 0.5757], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 3.2592, 0.3350], 1.0000),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([61.2901, 3.7196, -5.3901], [61.4292, 2.2480, -4.9620], 1.8731),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];

    #[test]
    fn the_published_pairs() {
        for (i, (a, b, apart)) in PUBLISHED.into_iter().enumerate() {
            let (there, back) = (difference(a, b), difference(b, a));
            assert!((there - apart).abs() < 5.1e-5, "pair {}: {there} is not {apart}", i + 1);
            assert!((there - back).abs() < 1e-9, "pair {}", i + 1);
        }
    }

    #[test]
    fn srgb_in_lab() {
        // Bruce Lindbloom's calculator, sRGB and D65, to two decimals.
        for (srgb, want) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.24, 80.09, 67.20]),
            ([0, 255, 0], [87.73, -86.18, 83.18]),
            ([0, 0, 255], [32.30, 79.19, -107.86]),
        ] {
            let is = lab(srgb);
            assert!(is.iter().zip(want).all(|(a, b)| (a - b).abs() < 0.03), "{srgb:?}: {is:?}");
        }
    }

    #[test]
    fn contrast_by_hand() {
        assert!((luminance([0, 255, 0]) - 0.7152).abs() < 1e-3);
        // sRGB 188 is half the light of white: 0.5029 by the standard's curve.
        let is = contrast([255, 255, 255], [188, 188, 188]);
        assert!((is.ratio - 1.9885).abs() < 2e-3 && (is.weber - 0.9885).abs() < 2e-3, "{is:?}");
        assert!(contrast([0, 255, 255], [0, 0, 0]).weber.is_infinite());
        assert_eq!(contrast([9, 9, 9], [9, 9, 9]).ciede2000, 0.0);
    }
}
