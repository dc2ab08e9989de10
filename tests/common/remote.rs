//! Monado's remote driver: head and controllers of a headset without hardware, set over TCP.
//!
//! The layout is that of Monado 25 (header `mndrmt3`): no lengths, no version but the header, native little endian. One
//! packet replaces the whole state; the hub sends two on connecting, the second is the state as it stands.
#![allow(dead_code)]

use glam::{DQuat, DVec3};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const HEADER: &[u8; 8] = b"mndrmt3\0";
// Header; two views of field of view (4 f32), pose (7 f32) and 4 bytes of padding; the head's pose; 4 bytes of flags;
// two controllers.
const VIEW: usize = 16 + 28 + 4;
const HEAD_POSE: usize = 8 + 2 * VIEW;
const VIEWS_VALID: usize = HEAD_POSE + 28;
const LEFT: usize = VIEWS_VALID + 4;
const CONTROLLER: usize = 120;
const SIZE: usize = LEFT + 2 * CONTROLLER;
const _: () = assert!(SIZE == 376);
// Within a controller: pose, two velocities, five curls, trigger, squeeze, its force, thumbstick (2), the trackpad's
// force and place (2), then a byte for each of twelve switches, and three of padding.
const TRIGGER: usize = 28 + 24 + 20;
const THUMBSTICK: usize = TRIGGER + 12;
const SWITCHES: usize = THUMBSTICK + 8 + 12;
const _: () = assert!(SWITCHES + 13 + 3 == CONTROLLER);
const ACTIVE: usize = SWITCHES + 1;
const A_CLICK: usize = SWITCHES + 4;
const B_CLICK: usize = SWITCHES + 6;
const TRIGGER_CLICK: usize = SWITCHES + 8;

/// A controller of the headset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left = LEFT as isize,
    Right = (LEFT + CONTROLLER) as isize,
}

/// A connection to the driver, and the state as it was sent last.
pub struct Remote {
    stream: TcpStream,
    packet: [u8; SIZE],
}

impl Remote {
    /// Connects to the driver of a service; it serves one client at a time.
    pub fn connect(port: u16) -> Self {
        let until = Instant::now() + Duration::from_secs(5);
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < until, "no remote driver at port {port}: {error}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut packet = [0; SIZE];
        for _ in 0..2 {
            stream.read_exact(&mut packet).expect("the remote driver says how things stand");
        }
        // Until somebody has sent a packet the state has no header.
        let known = [HEADER, &[0; 8]].contains(&packet.first_chunk().unwrap());
        assert!(known, "another version of Monado's remote driver: {:?}", &packet[..8]);
        packet[..8].copy_from_slice(HEADER);
        Self { stream, packet }
    }

    /// Places the head.
    pub fn head(&mut self, stage_m: DVec3, rotation: DQuat) {
        self.pose(HEAD_POSE, stage_m, rotation);
    }

    /// Places a controller.
    pub fn controller(&mut self, side: Side, stage_m: DVec3, rotation: DQuat) {
        self.pose(side as usize, stage_m, rotation);
    }

    /// Pulls the trigger, 0 to 1; clicks it when it is pulled through.
    pub fn trigger(&mut self, side: Side, share: f64) {
        self.float(side as usize + TRIGGER, share);
        self.packet[side as usize + TRIGGER_CLICK] = u8::from(share >= 1.0);
    }

    /// Holds the button that chooses.
    pub fn select(&mut self, side: Side, held: bool) {
        self.packet[side as usize + A_CLICK] = u8::from(held);
    }

    /// Holds the button that goes back.
    pub fn back(&mut self, side: Side, held: bool) {
        self.packet[side as usize + B_CLICK] = u8::from(held);
    }

    /// Switches a controller on or off.
    pub fn active(&mut self, side: Side, active: bool) {
        self.packet[side as usize + ACTIVE] = u8::from(active);
    }

    /// Sends the state.
    pub fn send(&mut self) {
        self.stream.write_all(&self.packet).expect("the remote driver listens");
    }

    /// Whether the driver still listens.
    pub fn try_send(&mut self) -> bool {
        self.stream.write_all(&self.packet).is_ok()
    }

    /// Waits until the driver has taken all that was sent, and a moment for it to pass it on: on a busy machine its
    /// thread sleeps longer than a frame. At most a second.
    pub fn heard(&self) {
        let began = Instant::now();
        while self.unread().is_some_and(|bytes| bytes > 0) && began.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(4));
    }

    /// Bytes that wait in the driver's socket, as the kernel tells (proc(5), /proc/net/tcp: addresses are `IP:PORT` in
    /// hexadecimal, queues `SENT:RECEIVED`); none when there is no such connection any more.
    fn unread(&self) -> Option<u32> {
        let (ours, drivers) = (self.stream.local_addr().ok()?.port(), self.stream.peer_addr().ok()?.port());
        let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
        let port = |address: &str| u16::from_str_radix(address.split_once(':')?.1, 16).ok();
        table.lines().find_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (local, other, queues) = (columns.get(1)?, columns.get(2)?, columns.get(4)?);
            (port(local) == Some(drivers) && port(other) == Some(ours)).then_some(())?;
            u32::from_str_radix(queues.split_once(':')?.1, 16).ok()
        })
    }

    fn float(&mut self, at: usize, value: f64) {
        self.packet[at..at + 4].copy_from_slice(&(value as f32).to_le_bytes());
    }

    fn pose(&mut self, at: usize, stage_m: DVec3, rotation: DQuat) {
        let values = [rotation.to_array().as_slice(), stage_m.to_array().as_slice()].concat();
        for (i, value) in values.into_iter().enumerate() {
            self.float(at + 4 * i, value);
        }
    }
}
