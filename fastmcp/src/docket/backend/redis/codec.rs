//! Encodes the arguments of script calls and decodes the script's replies.

pub(crate) mod journal;
pub(crate) mod operate;
pub(crate) mod record;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod value;

pub(crate) use crate::docket::backend::redis::codec::operate::{
    changed_part, page, put_filter, put_range, stats,
};
pub(crate) use crate::docket::backend::redis::codec::record::{record, records, snapshot};
pub(crate) use crate::docket::backend::redis::codec::reply::{
    admission, admissions, claimed, lease, settled, settlements,
};
pub(crate) use crate::docket::backend::redis::codec::request::{
    due_time, has_options, put_lease, put_settlement, put_submission, span,
};
pub(crate) use crate::docket::backend::redis::codec::value::{
    bytes, fields, list, number, ordinal, parts, text,
};
