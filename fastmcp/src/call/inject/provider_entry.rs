//! [`ProviderEntry`]: the description of a provider, without its type.

use crate::call::inject::needs::Needs;
use crate::registration::Location;

/// The description of a provider, without its type.
#[doc(hidden)]
#[derive(Debug)]
pub struct ProviderEntry {
    /// The function's name.
    pub name: &'static str,
    /// The place of the function in the source.
    pub location: Location,
    /// Whether the value lives as long as the server.
    pub shared: bool,
    /// Adds the needs of its parameters.
    pub needs: fn(&mut Needs),
}
