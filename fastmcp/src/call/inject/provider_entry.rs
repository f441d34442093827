//! [`ProviderEntry`]: the registration of a provider.

use crate::call::inject::needs::Needs;
use crate::registration::Location;

/// The registration of a provider: its properties that do not depend on the type of its value.
#[doc(hidden)]
#[derive(Debug)]
pub struct ProviderEntry {
    /// The function's name.
    pub name: &'static str,
    /// The location of the function.
    pub location: Location,
    /// `true` if the value lives as long as the server.
    pub shared: bool,
    /// Adds the requirements of its parameters.
    pub needs: fn(&mut Needs),
}
