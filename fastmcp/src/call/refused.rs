//! The macro that declares a check of an expansion, with the error that users read.

/// Declares a trait that every type implements if `ACCEPTED` is `true`, and no type if it is `false`. An
/// expansion evaluates `<parameter as Check<Type, { … }>>::CHECK` at the user's token.
///
/// The check is a separate statement, and not a bound of the conversion that an expansion selects: rustc
/// would explain the bound with "required for `Type` to implement …", which names a trait that users cannot
/// know. In the text, `{Self}` is a type that has the name of the parameter or of the handler. A type
/// *parameter* with this name does not cause a "trait is not implemented for" either.
macro_rules! refused {
    ($(#[$doc:meta])* $check:ident<$($parameter:ident),*>, $($text:ident = $value:literal),+) => {
        $(#[$doc])*
        #[doc(hidden)]
        #[diagnostic::on_unimplemented($($text = $value),+)]
        pub trait $check<$($parameter: ?Sized,)* const ACCEPTED: bool> {
            /// Expansions evaluate it to require the trait.
            const CHECK: () = ();
        }

        #[diagnostic::do_not_recommend]
        impl<Name, $($parameter: ?Sized),*> $check<$($parameter,)* true> for Name {}
    };
}
pub(crate) use refused;
