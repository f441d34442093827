//! Encodes the arguments of script calls and decodes the script's answers.

pub(crate) mod record;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod value;

pub(crate) use crate::docket::backend::redis::codec::record::{record, records, snapshot};
pub(crate) use crate::docket::backend::redis::codec::reply::{admission, claimed, hold, settled};
pub(crate) use crate::docket::backend::redis::codec::request::{
    put_hold, put_message, put_settlement, span,
};
pub(crate) use crate::docket::backend::redis::codec::value::{fields, list, number, parts, text};
