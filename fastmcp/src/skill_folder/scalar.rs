//! Types of plain scalars by the core schema of YAML 1.2 (section 10.3.2).

use super::fault::SkillProblem;
use super::value::Value;

/// Returns the value of a scalar without quotes.
pub fn plain(text: &str) -> Result<Value, SkillProblem> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Err(SkillProblem::NotFinite(text.to_owned())),
        _ if is_infinity(text) => return Err(SkillProblem::NotFinite(text.to_owned())),
        _ => match number(text) {
            Some(number) => number?,
            None => Value::Text(text.to_owned()),
        },
    })
}

fn is_infinity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF")
}

/// Returns the number; `None` if the text is none.
fn number(text: &str) -> Option<Result<Value, SkillProblem>> {
    let digits = |text: &str, radix: u32| {
        let is_number = !text.is_empty() && text.chars().all(|it| it.is_digit(radix));
        is_number.then(|| match i128::from_str_radix(text, radix) {
            Ok(number) => Ok(Value::Integer(number)),
            // No reader of JSON keeps so many digits.
            Err(_) => Err(SkillProblem::NotFinite(text.to_owned())),
        })
    };
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return digits(hexadecimal, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|it| it.is_ascii_digit()) {
        if let Ok(number) = text.parse::<i128>() {
            return Some(Ok(Value::Integer(number)));
        }
    } else if !is_float(unsigned) {
        return None;
    }
    Some(match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::Float(number)),
        _ => Err(SkillProblem::NotFinite(text.to_owned())),
    })
}

/// Returns whether the text is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(text: &str) -> bool {
    let all_digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let has_exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && all_digits(exponent)
    });
    let has_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    has_mantissa && has_exponent
}
