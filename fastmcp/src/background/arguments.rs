//! [`ArgumentList`]: the types of a task's arguments, without its dependencies.
//!
//! `analyze(query: String, docket: Docket, depth: u32)` has the list
//! `Cons<String, Cons<u32, Nil>>`: `Docket` is injected, as the [table](crate::call::classify) decides.
//! The list determines the type of the function that `docket.add(analyze)` returns:
//! `Box<dyn FnOnce(String, u32) -> Add<…>>`.

use serde::Serialize;
use serde_json::Value;

use crate::call::finite;

/// A list that starts with an argument of type `Head`.
#[doc(hidden)]
pub struct Cons<Head, Tail>(std::marker::PhantomData<(Head, Tail)>);

/// The empty list.
#[doc(hidden)]
pub struct Nil;

/// Adds a parameter to the front of the list `Tail` if the parameter is an argument.
#[doc(hidden)]
pub trait Prepend<const IS_ARGUMENT: bool, Tail> {
    /// The resulting list.
    type List;
}

#[diagnostic::do_not_recommend]
impl<T, Tail> Prepend<true, Tail> for T {
    type List = Cons<T, Tail>;
}

#[diagnostic::do_not_recommend]
impl<T, Tail> Prepend<false, Tail> for T {
    type List = Tail;
}

/// The encoded arguments, in order.
pub(crate) type Encoded = Result<Vec<Value>, serde_json::Error>;

/// A list of argument types, and the function that takes them.
pub trait ArgumentList {
    /// `Box<dyn FnOnce(A, B, …) -> R + Send + 'd>`.
    type Function<'d, R: 'd>;

    /// Returns a function that encodes its arguments and calls `then` with them.
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
                    let encode = || Ok(vec![$(finite::to_value(&$argument)?),*]);
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
