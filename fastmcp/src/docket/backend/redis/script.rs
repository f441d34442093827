//! The script that takes every step, and the calls of it.

use std::sync::LazyLock;

use redis::{Cmd, Script};

/// One script for all steps: each is atomic, and they share what they know.
pub(crate) static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("lua/head.lua"),
        include_str!("lua/lanes.lua"),
        include_str!("lua/life.lua"),
        include_str!("lua/admit.lua"),
        include_str!("lua/claim.lua"),
        include_str!("lua/settle.lua"),
        include_str!("lua/control.lua"),
        include_str!("lua/read.lua"),
        include_str!("lua/main.lua"),
    ))
});

/// One call of the script, being put together.
pub(crate) struct Step(Cmd);

impl Step {
    /// A call of `step` on the docket whose keys begin with `root`; `bounds` go with every call.
    pub(crate) fn new(root: &str, step: &str, bounds: &[String], node: &str) -> Self {
        let mut command = redis::cmd("EVALSHA");
        command.arg(SCRIPT.get_hash()).arg(1).arg(root).arg(step);
        for bound in bounds {
            command.arg(bound);
        }
        command.arg(node);
        Self(command)
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.0.arg(argument.as_ref());
        self
    }

    pub(crate) fn add(&mut self, argument: impl AsRef<[u8]>) {
        self.0.arg(argument.as_ref());
    }

    pub(crate) fn command(&self) -> &Cmd {
        &self.0
    }
}
