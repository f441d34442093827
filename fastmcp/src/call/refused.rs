//! The macro that declares a refused row of a table, with the error that users read.

/// Declares a bound that no type implements, and the implementation of a table's trait for a refused
/// row, which requires this bound.
///
/// rustc reports the innermost unmet bound, so the user reads the `on_unimplemented` text of the bound.
/// In the text, `{Self}` is a type that has the name of the parameter or of the handler.
macro_rules! refused {
    (
        pub trait $bound:ident<$($parameter:ident),+>: { const $constant:ident: $type:ty; }
        impl<$($generic:ident),+> $table:ident<$row:tt $(, $argument:ident)*> for $this:ident
        where $name:ident;
        $($text:ident = $value:literal),+
    ) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented($($text = $value),+)]
        pub trait $bound<$($parameter),+> {
            /// Never evaluated, because no type implements this trait.
            const $constant: $type;
        }

        impl<$($generic),+> $table<$row $(, $argument)*> for $this
        where
            $name: $bound<$($parameter),+>,
        {
            const $constant: $type = $name::$constant;
        }
    };
}
pub(crate) use refused;
