//! The macro that declares a refused row, with the error that users read.

/// Declares a bound that nothing implements, and the implementation of a table's trait for a
/// refused row, which requires it.
///
/// rustc reports the innermost unmet bound, so the user reads the bound's `on_unimplemented` text,
/// in which `{Self}` is the parameter or the handler: a type that the expansion spells like it.
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
            /// Never evaluated: nothing implements this trait.
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
