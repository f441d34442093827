//! Reads `#[payload]` on parameters.

use syn::{Attribute, Meta};

use crate::errors::Errors;
use crate::model::kind::HandlerKind;

/// The name of the payload among the parameters. No argument of a subscription can have it, because an
/// argument is called like an identifier or as the program renames it, and `#` is refused in names.
pub(crate) const NAME: &str = "#payload";

/// Returns whether the parameter called `name` has `#[payload]`.
pub(super) fn read(
    kind: HandlerKind,
    name: &str,
    attributes: &[Attribute],
    errors: &mut Errors,
) -> bool {
    let find = |name: &str| attributes.iter().find(|it| it.path().is_ident(name));
    let Some(attribute) = find("payload") else {
        return false;
    };
    if kind != HandlerKind::Event {
        errors.at(
            attribute,
            format!(
                "parameter `{name}` has no payload: only an `#[event]` has one; remove `#[payload]`"
            ),
        );
        return false;
    }
    if !matches!(attribute.meta, Meta::Path(_)) {
        errors.at(
            &attribute.meta,
            "`#[payload]` takes no options: write `#[payload]`",
        );
    }
    for other in ["arg", "depends"] {
        if let Some(other_attribute) = find(other) {
            errors.at(
                other_attribute,
                format!(
                    "parameter `{name}` is the payload, which the program emits: remove \
                     `#[{other}(…)]` or `#[payload]`"
                ),
            );
        }
    }
    true
}
