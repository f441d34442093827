//! [`Names`]: the names of the items that one parameter expands to.

use proc_macro2::{Ident, Span};
use quote::format_ident;

use crate::model::signature::Signature;

/// The names for the parameter at `index`.
pub(super) struct Names {
    /// The alias of the type, in `type … = String;`.
    pub(super) ty: Ident,
    /// The constant with the row, in `const …: u8 = …;`.
    pub(super) row: Ident,
    /// The constant with the source, in `const …: Source<String> = …;`.
    pub(super) source: Ident,
    /// The constant with the source of the values that clients send for `#[argument]`.
    pub(super) argument_source: Ident,
    /// The static that registers `#[argument]`.
    pub(super) static_argument: Ident,
    /// The static with the constraints, in `static …: LazyConstraints = …;`.
    pub(super) static_constraints: Ident,
    /// The local variable that holds the value.
    pub(super) local: Ident,
}

impl Names {
    pub(super) fn new(index: usize) -> Self {
        Self {
            ty: format_ident!("__FastmcpType{index}"),
            row: format_ident!("__FASTMCP_ROW_{index}"),
            source: format_ident!("__FASTMCP_SOURCE_{index}"),
            argument_source: format_ident!("__FASTMCP_ARGUMENT_SOURCE_{index}"),
            static_argument: format_ident!("__FASTMCP_ARGUMENT_{index}"),
            static_constraints: format_ident!("__FASTMCP_CONSTRAINTS_{index}"),
            local: format_ident!("parameter_{index}", span = Span::mixed_site()),
        }
    }

    /// Returns the names for all parameters.
    pub(super) fn all(signature: &Signature) -> Vec<Self> {
        (0..signature.parameters.len()).map(Self::new).collect()
    }
}

/// Returns the identifier with the span of the macro instead of the user's code. Type parameters that have
/// the name of an item of the user need it: otherwise, rustc suggests adding a bound at the user's item.
pub(super) fn unspanned(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site());
    ident
}
