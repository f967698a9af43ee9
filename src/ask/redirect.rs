//! Where a server sends a request on to.
//!
//! In: an address, a status and the header `Location`. Out: the next address, or what to tell the user. Only 307 and 308 say that a
//! request goes on as it is. Whether the key may go there is told, too.

use ureq::http::Uri;

use super::said::cleaned;

/// The address that a request to `from` goes on to, or what the server does instead, after "the server at ...".
pub(super) fn target(from: &Uri, status: u16, location: Option<&str>) -> Result<Uri, String> {
    let location = location.map(str::trim).filter(|location| !location.is_empty());
    let Some(location) = location else {
        return Err(format!("answers with status {status}, and names no other address"));
    };
    let shown = cleaned(location);
    let Some(target) = resolved(from, location) else {
        return Err(format!("answers with status {status}, and names `{shown}`, which is not an address"));
    };
    let base = target.to_string();
    let base = base.trim_end_matches('/').trim_end_matches("/chat/completions");
    if status != 307 && status != 308 {
        return Err(format!(
            "answers with status {status}, which does not send a question on: its address is `{target}`; use --base-url {base}"
        ));
    }
    if from.scheme_str() == Some("https") && target.scheme_str() != Some("https") {
        return Err(format!("sends requests on to `{target}`, which is not encrypted"));
    }
    Ok(target)
}

/// Whether the key of `own` may go to `other`: the same host and port by the same scheme, or the same host by a better one.
pub(super) fn is_trusted(own: &Uri, other: &Uri) -> bool {
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    let is_encrypted = |uri: &Uri| uri.scheme_str() == Some("https");
    let port = |uri: &Uri| uri.port_u16().unwrap_or(if is_encrypted(uri) { 443 } else { 80 });
    let is_same = is_encrypted(own) == is_encrypted(other) && port(own) == port(other);
    let is_better = !is_encrypted(own) && is_encrypted(other);
    let is_better = is_better && (port(own) == port(other) || (port(own), port(other)) == (80, 443));
    host(own) == host(other) && (is_same || is_better)
}

/// `location` as seen from `from`.
fn resolved(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let text = if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.contains("://") {
        location.to_owned()
    } else {
        let path = from.path();
        let directory = &path[..path.rfind('/').map_or(0, |at| at + 1)];
        format!("{scheme}://{authority}{directory}{location}")
    };
    let uri: Uri = text.parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    (is_http && uri.host().is_some_and(|host| !host.is_empty())).then_some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_keeps_the_question_is_followed() {
        let from = uri("http://h:8000/v1/chat/completions");
        for (location, want) in [
            ("/v2/chat/completions", "http://h:8000/v2/chat/completions"),
            ("https://other/v1/chat/completions", "https://other/v1/chat/completions"),
            ("//other/x", "http://other/x"),
            ("completions?x=1#y", "http://h:8000/v1/chat/completions?x=1"),
        ] {
            assert_eq!(target(&from, 307, Some(location)), Ok(uri(want)), "{location}");
        }
        for location in ["ftp://h/x", "http://", "a b"] {
            assert!(target(&from, 308, Some(location)).is_err(), "{location}");
        }
        let told = target(&from, 301, Some("https://h/v1/chat/completions")).unwrap_err();
        assert!(told.ends_with("use --base-url https://h/v1"), "{told}");
        assert!(target(&from, 302, None).is_err());
        let plain = target(&uri("https://h/v1"), 307, Some("http://h/v1")).unwrap_err();
        assert!(plain.contains("not encrypted"), "{plain}");
    }

    #[test]
    fn the_key_goes_to_its_host_alone() {
        let own = uri("http://h/v1");
        assert!(is_trusted(&own, &uri("http://H:80/x")) && is_trusted(&own, &uri("https://h/x")));
        assert!(!is_trusted(&own, &uri("http://h:8000/x")) && !is_trusted(&own, &uri("http://h.evil/x")));
        assert!(!is_trusted(&uri("https://h/v1"), &uri("http://h/v1")));
        assert!(!is_trusted(&own, &uri("https://h:8443/x")));
    }
}
