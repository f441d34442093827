//! A task's arguments as a list of types, with the dependencies left off *by type*.
//!
//! `analyze(query: String, docket: Docket, depth: u32)` has the list
//! `Cons<String, Cons<u32, Nil>>`, because `Docket` is on row 0 of the
//! [table](crate::background::parameter). The list is the signature of the function that
//! `docket.add(analyze)` gives: `Box<dyn FnOnce(String, u32) -> Add<…>>`.

use serde::Serialize;
use serde_json::Value;

/// A list that starts with an argument of type `Head`.
#[doc(hidden)]
pub struct Cons<Head, Tail>(std::marker::PhantomData<(Head, Tail)>);

/// The empty list.
#[doc(hidden)]
pub struct Nil;

/// Puts `Self` in front of the list `Tail` if its row says that it is an argument.
#[doc(hidden)]
pub trait Listed<const ROW: u8, Tail> {
    /// The longer list, or the same.
    type List;
}

#[diagnostic::do_not_recommend]
impl<T, Tail> Listed<1, Tail> for T {
    type List = Cons<T, Tail>;
}

/// Every row but the arguments': the list stays as it is. Refused rows have their own error.
macro_rules! left_off {
    ($($row:literal)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, Tail> Listed<$row, Tail> for T {
            type List = Tail;
        }
    )*};
}

left_off!(0 2 3 4 5 7);

/// The values of a list of arguments, encoded in order.
pub(crate) type Encoded = Result<Vec<Value>, serde_json::Error>;

/// A list of argument types, and the function that takes them.
pub trait ArgumentList {
    /// `Box<dyn FnOnce(A, B, …) -> R + Send + 'd>`.
    type Function<'d, R: 'd>;

    /// The function that encodes its arguments and hands them to `then`.
    #[doc(hidden)]
    fn function<'d, R: 'd>(
        then: impl FnOnce(Result<Vec<Value>, serde_json::Error>) -> R + Send + 'd,
    ) -> Self::Function<'d, R>;
}

/// Implements [`ArgumentList`] for lists of each length.
macro_rules! argument_list {
    (@list) => { Nil };
    (@list $head:ident $($tail:ident)*) => { Cons<$head, argument_list!(@list $($tail)*)> };
    ($($argument:ident)*) => {
        impl<$($argument: Serialize,)*> ArgumentList for argument_list!(@list $($argument)*) {
            type Function<'d, R: 'd> = Box<dyn FnOnce($($argument),*) -> R + Send + 'd>;

            #[allow(non_snake_case, reason = "each argument is named like its type")]
            fn function<'d, R: 'd>(
                then: impl FnOnce(Encoded) -> R + Send + 'd,
            ) -> Self::Function<'d, R> {
                Box::new(move |$($argument: $argument),*| {
                    let encode = || Ok(vec![$(serde_json::to_value($argument)?),*]);
                    then(encode())
                })
            }
        }
    };
}

argument_list!();
argument_list!(A);
argument_list!(A B);
argument_list!(A B C);
argument_list!(A B C D);
argument_list!(A B C D E);
argument_list!(A B C D E F);
argument_list!(A B C D E F G);
argument_list!(A B C D E F G H);
argument_list!(A B C D E F G H I);
argument_list!(A B C D E F G H I J);
argument_list!(A B C D E F G H I J K);
argument_list!(A B C D E F G H I J K L);
