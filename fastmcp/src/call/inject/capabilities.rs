//! [`Capabilities`]: the kinds of values that a server can provide to a handler.

use crate::call::inject::need::{Need, UnmetRequirement};
use crate::call::inject::needs::Needs;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::states::States;
use crate::context::request::Context;

/// The kinds of values that a server can provide: at start-up to one kind of handler, and during a call
/// to that call.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each corresponds to one `Need`"
)]
pub(crate) struct Capabilities<'a> {
    pub(crate) docket: bool,
    pub(crate) worker: bool,
    pub(crate) request: bool,
    /// `true` if this request arrived over HTTP. At start-up: `true` if the handler serves requests.
    pub(crate) http: bool,
    /// The current request. It is `None` at start-up, when a request may have any extension.
    pub(crate) context: Option<&'a Context>,
    pub(crate) execution: bool,
    pub(crate) subscriber: bool,
    pub(crate) states: &'a States,
    pub(crate) overrides: &'a Overrides,
}

impl Capabilities<'_> {
    /// Returns the first requirement that is not met.
    pub(crate) fn missing(&self, needs: fn(&mut Needs)) -> Option<UnmetRequirement> {
        let requirements = Needs::collect(needs, self.overrides);
        let unmet = requirements.into_iter().find(|requirement| {
            // A shared provider outlives the call, so nothing that it depends on may belong to a call.
            let is_shared = requirement.shared().is_some();
            !match requirement.need {
                Need::Docket => self.docket,
                Need::Worker => self.worker,
                Need::Request => self.request && !is_shared,
                Need::Http => self.http && !is_shared,
                Need::RequestExtension { is_present, .. } | Need::Principal(is_present) => {
                    self.request && !is_shared && self.context.is_none_or(is_present.0)
                }
                Need::Execution => self.execution && !is_shared,
                Need::Call => (self.request || self.execution) && !is_shared,
                // Whether the handler has the argument is checked with its declaration.
                Need::Argument(_) => !is_shared,
                Need::Subscriber => self.subscriber && !is_shared,
                Need::State { type_id, .. } | Need::Setting { type_id, .. } => {
                    self.states.contains_key(&type_id)
                }
                Need::NoCycle => false,
            }
        });
        unmet.map(UnmetRequirement)
    }
}
