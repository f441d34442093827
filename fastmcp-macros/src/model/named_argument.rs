//! [`NamedArgument`]: an argument of a task that an option of the task names.

use syn::{Ident, Path};

use crate::errors::Errors;
use crate::model::parameter::{Parameter, names};
use crate::parse::tokens::compact;

/// A parameter that an option names. The expansion asserts that its type makes it an argument.
pub(crate) struct NamedArgument {
    /// The name in the option.
    pub(crate) ident: Ident,
    /// The index of the parameter.
    pub(crate) index: usize,
    /// The name on the wire.
    pub(crate) name: String,
}

impl NamedArgument {
    /// Finds the parameter that an option names.
    pub(super) fn find(path: &Path, parameters: &[Parameter], errors: &mut Errors) -> Option<Self> {
        let found = path.get_ident().and_then(|ident| {
            let index = parameters.iter().position(|it| it.ident == *ident)?;
            Some(Self {
                ident: ident.clone(),
                index,
                name: parameters[index].name.clone(),
            })
        });
        if found.is_none() {
            errors.at(
                path,
                format!(
                    "`{}` is not a parameter of this task; it has {}",
                    compact(path),
                    names(parameters)
                ),
            );
        }
        found
    }
}
