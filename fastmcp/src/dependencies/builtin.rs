//! The dependencies that the library itself provides.

use super::needs::Unmet;
use super::{Dependency, Injector, Need, Needs, RequestScoped};
use crate::context::Context;
use crate::docket::{CurrentExecution, Delivery, Docket, Progress, Worker};

/// Implements [`Dependency`] for a handle that a call has or lacks.
macro_rules! handle {
    ($type:ty, $need:expr, $find:expr) => {
        impl Dependency for $type {
            fn needs(needs: &mut Needs) {
                needs.add($need);
            }

            async fn resolve(injector: &Injector) -> crate::Result<Self> {
                let find: fn(&Injector) -> Option<$type> = $find;
                Ok(find(injector).ok_or(Unmet($need))?)
            }
        }
    };
}

handle!(Docket, Need::Docket, |injector| injector.docket());
handle!(Worker, Need::Docket, |injector| injector.worker());
handle!(Context, Need::Request, |injector| injector
    .context()
    .cloned());
handle!(Progress, Need::Execution, |injector| injector
    .delivery()
    .map(Delivery::progress));
handle!(CurrentExecution, Need::Execution, |injector| {
    injector.delivery().map(Delivery::execution)
});

impl RequestScoped for Context {}

/// `None` where the server lacks what `D` needs; an error of `D` itself stays an error.
impl<D: Dependency> Dependency for Option<D> {
    async fn resolve(injector: &Injector) -> crate::Result<Self> {
        if injector.offers::<D>() {
            D::resolve(injector).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<D: RequestScoped> RequestScoped for Option<D> {}
