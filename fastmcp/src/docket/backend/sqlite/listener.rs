//! [`Listener`]: receives the wake-ups of other processes.
//!
//! A thread waits for datagrams. It sleeps without a timer while this process is alone; otherwise it also writes the
//! heartbeats.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use crate::docket::backend::sqlite::job::Job;
use crate::docket::backend::sqlite::peers::HEARTBEAT;
use crate::docket::backend::sqlite::writer::Writer;

/// Stops the thread when it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    socket: UdpSocket,
    is_stopped: Arc<AtomicBool>,
}

/// Opens a socket for wake-ups. `None` if the system allows none.
pub(super) fn socket() -> Option<UdpSocket> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()
}

impl Listener {
    /// Starts the thread. `id` is the random number of this process: a datagram without it is meant for a process that
    /// had the port before.
    pub(super) fn start(socket: &UdpSocket, id: i64, writer: &Arc<Writer>) -> Option<Self> {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let listener = Self {
            socket: socket.try_clone().ok()?,
            is_stopped: is_stopped.clone(),
        };
        let socket = socket.try_clone().ok()?;
        let writer = Arc::downgrade(writer);
        std::thread::Builder::new()
            .name("docket-wakeups".into())
            .spawn(move || listen(&socket, id, &writer, &is_stopped))
            .ok()?;
        Some(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        if let Ok(address) = self.socket.local_addr() {
            let _ = self.socket.send_to(&[], address);
        }
    }
}

fn listen(socket: &UdpSocket, id: i64, writer: &Weak<Writer>, is_stopped: &AtomicBool) {
    let mut last_heartbeat = Instant::now();
    // The transaction after a wake-up finds out whether there are others, so the next wait has a limit in any case.
    let mut was_woken = false;
    let mut datagram = [0; 16];
    loop {
        let Some(has_others) = writer.upgrade().map(|writer| writer.has_others()) else {
            return;
        };
        let timeout = (has_others || was_woken).then_some(HEARTBEAT);
        if socket.set_read_timeout(timeout).is_err() {
            return;
        }
        let received = socket.recv(&mut datagram);
        let Some(writer) = writer.upgrade() else {
            return;
        };
        if is_stopped.load(Ordering::SeqCst) {
            return;
        }
        was_woken = received.is_ok();
        match received {
            Ok(length) if datagram[..length] == id.to_le_bytes() => writer.tick(),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            // An earlier datagram of this process had no receiver.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(%error, "cannot receive the wake-ups of other processes");
                return;
            }
        }
        if last_heartbeat.elapsed() >= HEARTBEAT && writer.has_others() {
            last_heartbeat = Instant::now();
            writer.push(Job::Heartbeat);
        }
    }
}
