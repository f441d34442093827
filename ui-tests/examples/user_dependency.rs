//! A user type that implements `Dependency`.
use fastmcp::dependencies::{Injector, Needs};
use fastmcp::prelude::*;

struct Settings;
struct Clock(u64);

impl Dependency for Clock {
    fn needs(needs: &mut Needs) {
        needs.of::<State<Settings>>();
    }

    async fn resolve(injector: &Injector) -> Result<Self> {
        let _: State<Settings> = injector.get().await?;
        Ok(Self(7))
    }
}

#[tool]
async fn time(clock: Clock, maybe: Option<Clock>, lent: &Clock) -> u64 {
    clock.0 + maybe.map_or(0, |it| it.0) + lent.0
}

#[task]
async fn later(clock: Clock) -> u64 {
    clock.0
}

fn main() {}
