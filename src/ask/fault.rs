//! Why there is no reply: what may pass, what will not, and what no request would get past.
//!
//! In: a status of HTTP, or an error in JSON. Out: a [`Fault`].

use std::time::Duration;

use serde_json::Value;

/// Why there is no reply. No text holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It may pass: after at least this wait, if the server says so.
    Passing {
        /// What happened.
        text: String,
        /// What `Retry-After` asks for.
        wait: Option<Duration>,
    },
    /// This request will not be answered.
    Lasting(String),
    /// This request is forbidden: it alone (a filter refused its video), or all of them, if none was ever answered.
    Forbidden(String),
    /// No request will be: the key, the model, the account or the address is wrong. The text goes on after "the server at ...".
    Fatal(String),
}

/// Words for an account that has nothing left, where the status says only that there were too many requests.
const SPENT: [&str; 4] =
    ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credit_balance_too_low"];

/// The fault that a status means; `told` is the status with the server's message.
pub(super) fn of_status(status: u16, body: &str, told: &str, wait: Option<Duration>) -> Fault {
    let is_spent = status == 429 && serde_json::from_str::<Value>(body).is_ok_and(|value| is_spent(&value));
    match status {
        401 | 402 | 404 | 405 | 407 => Fault::Fatal(refuses(told)),
        429 if is_spent => Fault::Fatal(refuses(told)),
        403 => Fault::Forbidden(told.to_owned()),
        408 | 409 | 425 | 429 | 500.. => Fault::Passing { text: told.to_owned(), wait },
        _ => Fault::Lasting(told.to_owned()),
    }
}

/// The fault that an error means which came with a status of success. Routers pass on the status of another server so.
pub(super) fn of_error(value: &Value, message: &str, wait: Option<Duration>) -> Fault {
    let error = value.get("error").unwrap_or(value);
    let code = error.get("code").or_else(|| error.get("status")).or_else(|| value.get("code"));
    let status = code.and_then(|code| match code {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    match status.and_then(|status| u16::try_from(status).ok()).filter(|status| (400..600).contains(status)) {
        Some(status) => of_status(status, &value.to_string(), &format!("error {status}: {message}"), wait),
        None if is_spent(value) => Fault::Fatal(refuses(message)),
        None => Fault::Passing { text: format!("the reply holds an error: {message}"), wait },
    }
}

fn refuses(told: &str) -> String {
    format!("refuses the requests with {told}")
}

fn is_spent(value: &Value) -> bool {
    let error = value.get("error").unwrap_or(value);
    let words = [error.get("code"), error.get("type")];
    words.into_iter().flatten().filter_map(Value::as_str).any(|word| SPENT.contains(&word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_says_what_may_pass() {
        let of = |status: u16, body: &str| of_status(status, body, &format!("status {status}: x"), None);
        for status in [401, 402, 404, 405] {
            let want = format!("refuses the requests with status {status}: x");
            assert_eq!(of(status, ""), Fault::Fatal(want));
        }
        assert!(matches!(of(403, ""), Fault::Forbidden(_)));
        for status in [408, 409, 425, 429, 500, 503, 529] {
            assert!(matches!(of(status, "{}"), Fault::Passing { .. }), "{status}");
        }
        for status in [400, 413, 422, 304] {
            assert!(matches!(of(status, ""), Fault::Lasting(_)), "{status}");
        }
        let spent = json!({"error": {"message": "x", "code": "insufficient_quota"}}).to_string();
        assert!(matches!(of(429, &spent), Fault::Fatal(_)));
    }

    #[test]
    fn an_error_with_a_code_is_as_its_status() {
        let of = |error: Value| of_error(&json!({"error": error}), "x", None);
        assert!(matches!(of(json!({"code": 503})), Fault::Passing { .. }));
        assert_eq!(of(json!({"code": 400})), Fault::Lasting("error 400: x".to_owned()));
        assert!(matches!(of(json!({"code": "402"})), Fault::Fatal(_)));
        assert!(matches!(of(json!({"code": 403})), Fault::Forbidden(_)));
        assert!(matches!(of(json!({"message": "busy"})), Fault::Passing { .. }));
        assert!(matches!(of(json!({"type": "insufficient_quota"})), Fault::Fatal(_)));
    }
}
