//! The scene in a window: painters follow the window's size, streets are those of the session.

use super::pane::Pane;
use crate::kernel::setup::Setup;
use crate::models::{DrawList, Eye, Fov, Street, Streets};
use crate::picture::{Board, Painter, Pixels, Surfaces};
use crate::problem::Problem;
use crate::study::Scenery;

/// Half of the view's height: wide enough to see a car come, narrow enough to judge its speed.
const HALF_HEIGHT_RAD: f32 = 0.5;
const SAMPLES: u32 = 4;

/// Draws the scene of the trial that was entered last.
pub(super) struct View {
    scenery: Scenery,
    streets: Streets,
    setup: Option<Setup>,
    painter: Option<Painter>,
    board: Option<(Board, Pixels)>,
    /// What is drawn next.
    pub list: DrawList,
}

impl View {
    /// A view of these streets under this light.
    pub(super) fn new(scenery: Scenery, streets: Streets) -> Self {
        Self { scenery, streets, setup: None, painter: None, board: None, list: DrawList::default() }
    }

    /// What is drawn around the crosswalk.
    pub(super) const fn scenery(&self) -> &Scenery {
        &self.scenery
    }

    /// A trial is about to begin: its street and its vehicles.
    pub(super) fn enter(&mut self, pane: &Pane, setup: &Setup) -> Result<(), Problem> {
        self.setup = Some(setup.clone());
        match &mut self.painter {
            Some(painter) => upload(painter, pane, &self.streets, setup),
            None => Ok(()),
        }
    }

    /// Puts a panel into the scene, or takes it away.
    pub(super) fn board(&mut self, pane: &Pane, board: Option<(Board, Pixels)>) {
        self.board = board;
        if let Some(painter) = &mut self.painter {
            painter.board(&pane.gpu, self.board.as_ref().map(|(board, pixels)| (*board, pixels)));
        }
    }

    /// The field of view in a window of this size.
    pub(super) fn fov(size: [u32; 2]) -> Fov {
        #[allow(clippy::cast_precision_loss)]
        let width_over_height = size[0].max(1) as f32 / size[1].max(1) as f32;
        Fov::symmetric(HALF_HEIGHT_RAD, width_over_height)
    }

    /// Draws the list as `eye` sees it, and shows it.
    pub(super) fn show(&mut self, pane: &Pane, texture: wgpu::SurfaceTexture, eye: &Eye) -> Result<(), Problem> {
        let size = texture.texture.size();
        self.fit(pane, [size.width, size.height])?;
        let target = texture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = pane.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        if let (Some(painter), Some(_)) = (&mut self.painter, &self.setup) {
            painter.paint(&pane.gpu, &mut encoder, &target, std::slice::from_ref(eye), &self.list);
        }
        pane.gpu.queue.submit([encoder.finish()]);
        pane.gpu.works()?;
        pane.show(texture);
        Ok(())
    }

    /// A painter of this size, with everything that the one before had.
    fn fit(&mut self, pane: &Pane, size: [u32; 2]) -> Result<(), Problem> {
        if self.painter.as_ref().is_some_and(|painter| painter.surfaces().size == size) {
            return Ok(());
        }
        let surfaces = Surfaces { format: pane.format(), size, views: 1, samples: SAMPLES };
        let mut painter = Painter::new(&pane.gpu, surfaces, &self.scenery)?;
        if let Some(setup) = &self.setup {
            upload(&mut painter, pane, &self.streets, setup)?;
        }
        painter.board(&pane.gpu, self.board.as_ref().map(|(board, pixels)| (*board, pixels)));
        self.painter = Some(painter);
        Ok(())
    }
}

fn upload(painter: &mut Painter, pane: &Pane, streets: &Streets, setup: &Setup) -> Result<(), Problem> {
    let nothing = Street::default();
    let street = streets.iter().find(|(id, _)| *id == setup.site.id).map_or(&nothing, |(_, street)| street.as_ref());
    painter.enter(&pane.gpu, street, setup)
}
