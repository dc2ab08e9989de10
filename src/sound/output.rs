//! The computer's sound card, on a thread of its own; the session hands it frames and never waits for it.

use super::listener::Listener;
use super::moment::Moment;
use super::{RATE_HZ, Stereo};
use crate::problem::{Place, Problem};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, Device, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig};
use cpal::{SupportedBufferSize, SupportedStreamConfigRange};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;

/// Samples that the card asks for at once, where it lets itself be asked: 20 ms.
const AT_ONCE: u32 = 960;
/// Frames that wait for the card at most.
const WAITING: usize = 64;
/// A card that then takes no frame for so many on end plays no more.
const STUCK: u32 = 60;

/// What went wrong with the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Something was missing or elsewhere for a moment.
    Gap(String),
    /// Nothing is heard any more.
    Lost(String),
}

/// A sound card that plays what there is to hear in a street.
#[derive(Debug)]
pub struct Output {
    /// What plays: the device, samples a second, their format.
    pub name: String,
    moments: SyncSender<Moment>,
    troubles: Receiver<Trouble>,
    refused: u32,
    /// Dropped, it ends the thread.
    over: Option<Sender<()>>,
    playing: Option<JoinHandle<()>>,
}

impl Output {
    /// Opens the system's default output.
    pub fn open() -> Result<Self, Problem> {
        let (moments, seen) = sync_channel(WAITING);
        let (trouble, troubles) = sync_channel(WAITING);
        let (over, wait) = channel::<()>();
        let (tell, told) = channel();
        let playing = std::thread::Builder::new()
            .name("sound".to_owned())
            .spawn(move || {
                // A stream stays on the thread that made it: not every system lets it go to another.
                let opened = open(seen, trouble);
                let (stream, said) = match opened {
                    Ok((stream, name)) => (Some(stream), Ok(name)),
                    Err(problem) => (None, Err(problem)),
                };
                let _ = tell.send(said);
                if stream.is_some() {
                    let _ = wait.recv();
                }
            })
            .map_err(|error| no_sound(&format!("its thread cannot start: {error}")))?;
        let name = told.recv().unwrap_or_else(|_| Err(no_sound("its thread ended at once")))?;
        Ok(Self { name, moments, troubles, refused: 0, over: Some(over), playing: Some(playing) })
    }

    /// Hands over a frame; neither waits nor allocates.
    pub fn see(&mut self, moment: &Moment) {
        match self.moments.try_send(*moment) {
            Ok(()) => self.refused = 0,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.refused = self.refused.saturating_add(1),
        }
    }

    /// What went wrong since it was last asked.
    pub(super) fn trouble(&mut self) -> Option<Trouble> {
        if self.refused >= STUCK {
            self.refused = 0;
            return Some(Trouble::Lost("the sound card takes nothing any more".to_owned()));
        }
        self.troubles.try_recv().ok()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        drop(self.over.take());
        if let Some(playing) = self.playing.take() {
            let _ = playing.join();
        }
    }
}

/// What would play; the card is opened for a moment.
pub fn probe() -> Result<String, Problem> {
    Output::open().map(|output| output.name.clone())
}

fn no_sound(why: &str) -> Problem {
    let cure = "connect headphones or a sound card, make it the system's default output, let it play 48000 Hz in stereo; \
                or take `sound` out of the study's [scene]";
    Problem::new(Place::default().part("[scene] sound"), format!("nothing can be played: {why}"), cure)
}

fn open(seen: Receiver<Moment>, trouble: SyncSender<Trouble>) -> Result<(Stream, String), Problem> {
    let wrong = |error: cpal::Error| no_sound(&error.to_string());
    let device = cpal::default_host().default_output_device().ok_or_else(|| no_sound("there is no output device"))?;
    let ranges = device.supported_output_configs().map_err(wrong)?;
    let range = ranges.filter(|range| liking(range).is_some()).min_by_key(liking);
    let range = range.ok_or_else(|| no_sound("its output offers no 48000 Hz in stereo"))?;
    let buffer_size = match range.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => BufferSize::Fixed(AT_ONCE.clamp(*min, *max)),
        _ => BufferSize::Default,
    };
    let config = StreamConfig { channels: range.channels(), sample_rate: RATE_HZ, buffer_size };
    let format = range.sample_format();
    let stream = match format {
        SampleFormat::I16 => stream::<i16>(&device, config, seen, trouble),
        SampleFormat::I32 => stream::<i32>(&device, config, seen, trouble),
        _ => stream::<f32>(&device, config, seen, trouble),
    };
    let stream = stream.map_err(wrong)?;
    stream.play().map_err(wrong)?;
    let name = device.description().map_or_else(|_| "default output".to_owned(), |said| said.name().to_owned());
    Ok((stream, format!("{name}, {RATE_HZ} Hz, {} channels, {format}", config.channels)))
}

/// The smaller the better; none for what does not serve.
fn liking(range: &SupportedStreamConfigRange) -> Option<(u16, usize)> {
    let format = [SampleFormat::F32, SampleFormat::I32, SampleFormat::I16];
    let format = format.iter().position(|one| *one == range.sample_format())?;
    let serves = range.channels() >= 2 && (range.min_sample_rate()..=range.max_sample_rate()).contains(&RATE_HZ);
    serves.then_some((range.channels(), format))
}

fn stream<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    seen: Receiver<Moment>,
    trouble: SyncSender<Trouble>,
) -> Result<Stream, cpal::Error> {
    let (mut listener, channels) = (Listener::new(), usize::from(config.channels));
    let play = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        while let Ok(moment) = seen.try_recv() {
            listener.see(&moment);
        }
        for frame in data.chunks_mut(channels) {
            let ears: Stereo = listener.next_sample();
            for (n, out) in frame.iter_mut().enumerate() {
                *out = T::from_sample(ears.get(n).copied().unwrap_or(0.0));
            }
        }
    };
    let wrong = move |error: cpal::Error| {
        // Nobody who reads it any more is no matter.
        let _ = trouble.try_send(match error.kind() {
            ErrorKind::RealtimeDenied => return,
            ErrorKind::Xrun => Trouble::Gap("a gap in the sound: the computer was too slow".to_owned()),
            ErrorKind::DeviceChanged => Trouble::Gap("the sound comes out of another device now".to_owned()),
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
                Trouble::Lost(error.to_string())
            }
            // The stream goes on trying, and often does so with success; where it does not, it takes no frames.
            _ => Trouble::Gap(format!("a gap in the sound: {error}")),
        });
    };
    device.build_output_stream(config, play, wrong, None)
}
