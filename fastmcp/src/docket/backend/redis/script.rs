//! The Lua scripts that perform every operation, and the builder of calls to them.

use std::sync::LazyLock;

use redis::{Arg, Cmd, Script};

macro_rules! block {
    ($file:literal) => {
        concat!("do\n", include_str!($file), "end\n")
    };
}

/// The complete script. Redis runs a script without interleaving other commands, so each step is atomic.
///
/// It is one script rather than one per step, because the steps share functions and Lua in Redis has no modules. Each
/// file is a block between the first and the last one, whose local variables all blocks share.
static COMPLETE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("lua/head.lua"),
        block!("lua/record.lua"),
        block!("lua/events.lua"),
        block!("lua/counts.lua"),
        block!("lua/owners.lua"),
        block!("lua/lanes.lua"),
        block!("lua/ending.lua"),
        block!("lua/journal.lua"),
        block!("lua/children.lua"),
        block!("lua/timers.lua"),
        block!("lua/admit.lua"),
        block!("lua/claim.lua"),
        block!("lua/settle.lua"),
        block!("lua/control.lua"),
        block!("lua/read.lua"),
        block!("lua/operate.lua"),
        include_str!("lua/main.lua"),
    ))
});

/// The common case of one step. The script either performs the whole step, or changes nothing and returns nil.
///
/// The complete script creates all of its functions at each call, which takes longer than these steps.
macro_rules! lean {
    ($name:ident, $file:literal) => {
        static $name: LazyLock<Script> = LazyLock::new(|| {
            Script::new(concat!(
                include_str!("lua/lean/head.lua"),
                include_str!($file),
                include_str!("lua/lean/tail.lua"),
                include_str!("lua/lean/wake.lua"),
            ))
        });
    };
}

lean!(SUBMIT, "lua/lean/submit.lua");
lean!(CLAIM, "lua/lean/claim.lua");
lean!(SETTLE, "lua/lean/settle.lua");

/// The common case of a submission of one execution.
static SUBMIT_ONE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("lua/lean/submit_one.lua"),
        include_str!("lua/lean/wake.lua"),
    ))
});

/// Returns all scripts. Redis keeps them in memory only.
pub(crate) fn scripts() -> [&'static Script; 5] {
    [&COMPLETE, &SUBMIT_ONE, &SUBMIT, &CLAIM, &SETTLE]
}

/// A call of one step, under construction.
pub(crate) struct Step {
    command: Cmd,
    is_lean: bool,
}

impl Step {
    /// Creates a call of `step` on the docket whose root key is `root`. Every call sends `limits` and `process`.
    pub(crate) fn new(root: &str, step: &str, limits: &[String], process: &str) -> Self {
        let lean = match step {
            "submit_one" => Some(&SUBMIT_ONE),
            "submit" => Some(&SUBMIT),
            "claim" => Some(&CLAIM),
            "settle" => Some(&SETTLE),
            _ => None,
        };
        let mut command = call(lean.unwrap_or(&COMPLETE));
        command.arg(1).arg(root).arg(step);
        for limit in limits {
            command.arg(limit);
        }
        command.arg(process);
        Self {
            command,
            is_lean: lean.is_some(),
        }
    }

    /// Appends an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.command.arg(argument.as_ref());
        self
    }

    /// Appends an argument in place.
    pub(crate) fn add(&mut self, argument: impl AsRef<[u8]>) {
        self.command.arg(argument.as_ref());
    }

    pub(crate) fn command(&self) -> &Cmd {
        &self.command
    }

    /// Returns the same call of the complete script. `None` if this is one.
    pub(crate) fn complete(&self) -> Option<Cmd> {
        if !self.is_lean {
            return None;
        }
        let mut complete = call(&COMPLETE);
        // The first two arguments are the name of the command and the hash of the script.
        for argument in self.command.args_iter().skip(2) {
            if let Arg::Simple(bytes) = argument {
                complete.arg(bytes);
            }
        }
        Some(complete)
    }
}

fn call(script: &Script) -> Cmd {
    let mut command = redis::cmd("EVALSHA");
    command.arg(script.get_hash());
    command
}
