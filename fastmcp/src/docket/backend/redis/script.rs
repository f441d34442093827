//! The Lua script that performs every operation, and the builder of calls to it.

use std::sync::LazyLock;

use redis::{Cmd, Script};

/// The script. Redis runs a script without interleaving other commands, so each step is atomic.
///
/// It is one script rather than one per step, because the steps share functions and Lua in Redis has no modules.
/// A file may use the locals of the files before it.
pub(crate) static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("lua/head.lua"),
        include_str!("lua/counts.lua"),
        include_str!("lua/owners.lua"),
        include_str!("lua/lanes.lua"),
        include_str!("lua/ending.lua"),
        include_str!("lua/journal.lua"),
        include_str!("lua/children.lua"),
        include_str!("lua/timers.lua"),
        include_str!("lua/admit.lua"),
        include_str!("lua/claim.lua"),
        include_str!("lua/settle.lua"),
        include_str!("lua/control.lua"),
        include_str!("lua/read.lua"),
        include_str!("lua/operate.lua"),
        include_str!("lua/main.lua"),
    ))
});

/// A call of one step of the script, under construction.
pub(crate) struct Step(Cmd);

impl Step {
    /// Creates a call of `step` on the docket whose root key is `root`. Every call sends `limits` and `process`.
    pub(crate) fn new(root: &str, step: &str, limits: &[String], process: &str) -> Self {
        let mut command = redis::cmd("EVALSHA");
        command.arg(SCRIPT.get_hash()).arg(1).arg(root).arg(step);
        for limit in limits {
            command.arg(limit);
        }
        command.arg(process);
        Self(command)
    }

    /// Appends an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.0.arg(argument.as_ref());
        self
    }

    /// Appends an argument in place.
    pub(crate) fn add(&mut self, argument: impl AsRef<[u8]>) {
        self.0.arg(argument.as_ref());
    }

    pub(crate) fn command(&self) -> &Cmd {
        &self.0
    }
}
