//! Panels looked at, pointed at, answered.

mod answers;
mod dwelling;
mod gallery;

use super::{Given, Painted, Panel, Pointing};

/// A frame in which nothing is done.
fn rest(panel: &mut Panel) -> Option<Given> {
    panel.act(Pointing::default(), 0.02)
}

/// Points somewhere, presses and lets go.
fn press(panel: &mut Panel, at: [f64; 2]) -> Option<Given> {
    let point = Pointing { at: Some(at), ..Pointing::default() };
    panel.act(point, 0.02);
    let given = panel.act(Pointing { select: true, ..point }, 0.02);
    given.or(panel.act(point, 0.02))
}

/// Points and presses until an answer is chosen, but does not confirm it.
fn choose(panel: &mut Panel, answer: Option<&str>) {
    rest(panel);
    let Some(answer) = answer else { return };
    for _ in 0..60 {
        let at = panel.toward(Some(answer)).unwrap();
        if Some(at) == panel.confirm_target() {
            return;
        }
        assert_eq!(press(panel, at), None);
    }
    panic!("{answer} is never reached");
}

/// Points and presses until something is given.
fn answer(panel: &mut Panel, answer: Option<&str>) -> Given {
    rest(panel);
    for _ in 0..60 {
        let at = panel.toward(answer).unwrap();
        if let Some(given) = press(panel, at) {
            return given;
        }
    }
    panic!("{answer:?} is never given");
}

/// A difference that rounding in another processor could make; more is another picture.
const MOST_OFF: u8 = 2;

/// Pixels as a file keeps them: red, green, blue.
struct Picture {
    width: usize,
    rgb: Vec<u8>,
}

impl Picture {
    fn of(painted: Painted<'_>) -> Self {
        let rgb = painted.rgba.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        Self { width: painted.width as usize, rgb }
    }

    /// Half as wide and high, each pixel the mean of four: small enough to keep.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.rgb.len() / self.width / 6);
        let mut rgb = Vec::with_capacity(3 * width * height);
        for (y, x, c) in (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..3).map(move |c| (y, x, c)))) {
            let of = |dy: usize, dx: usize| u16::from(self.rgb[3 * ((2 * y + dy) * self.width + 2 * x + dx) + c]);
            let mean = (of(0, 0) + of(0, 1) + of(1, 0) + of(1, 1) + 2) / 4;
            rgb.push(u8::try_from(mean).unwrap());
        }
        Self { width, rgb }
    }

    /// What is wrong with it beside the picture of this name that was approved; KERBSIDE_PICTURES=write keeps it instead.
    fn kept(&self, name: &str) -> Option<String> {
        let path = format!("{}/tests/panels/{name}.png", env!("CARGO_MANIFEST_DIR"));
        let now = self.halved();
        if std::env::var("KERBSIDE_PICTURES").is_ok_and(|said| said == "write") {
            now.write(&path);
            self.write(&format!("{}/kerbside-panels/{name}.png", std::env::temp_dir().display()));
            return Some(format!("{name}: written; look at it, then run without KERBSIDE_PICTURES"));
        }
        let off = now.off(name);
        if off == 0 {
            return None;
        }
        let at = std::env::temp_dir().join(format!("kerbside-panel-{name}.png"));
        now.write(&at.display().to_string());
        Some(format!("{name}: {off} values differ; see {}", at.display()))
    }

    /// How many values of this picture, halved, are not those of the one that is kept.
    fn off(&self, name: &str) -> usize {
        let kept = Self::read(&format!("{}/tests/panels/{name}.png", env!("CARGO_MANIFEST_DIR")));
        if kept.rgb.len() != self.rgb.len() {
            return self.rgb.len().max(1);
        }
        kept.rgb.iter().zip(&self.rgb).filter(|(a, b)| a.abs_diff(**b) > MOST_OFF).count()
    }

    fn write(&self, path: &str) {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        let size = |n: usize| u32::try_from(n).unwrap();
        let (width, height) = (size(self.width), size(self.rgb.len() / self.width / 3));
        let mut png = png::Encoder::new(std::fs::File::create(path).unwrap(), width, height);
        png.set_color(png::ColorType::Rgb);
        png.set_compression(png::Compression::High);
        png.write_header().unwrap().write_image_data(&self.rgb).unwrap();
    }

    fn read(path: &str) -> Self {
        let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        Self { width: info.width as usize, rgb }
    }
}
