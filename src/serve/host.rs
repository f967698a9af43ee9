//! Which `Host` a request may name.
//!
//! In: the value of the field. Out: whether a request for that host is meant for this server. A web page of another site can
//! make its own name point to this machine and so read what is served here (DNS rebinding); it cannot do so with an address or
//! with `localhost`, which no name server answers for.

use std::net::{IpAddr, Ipv6Addr};

/// Whether `host`, with or without a port, is an address or `localhost`.
pub(super) fn is_ours(host: &str) -> bool {
    let host = host.trim();
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, port)| {
            address.parse::<Ipv6Addr>().is_ok() && (port.is_empty() || is_port(port))
        });
    }
    let (name, is_whole) = match host.find(':') {
        Some(at) => (&host[..at], is_port(&host[at..])),
        None => (host, true),
    };
    is_whole && (name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok())
}

/// Whether this is `:` and a number.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_ours() {
        for host in
            ["127.0.0.1", "127.0.0.1:8017", "localhost", "LocalHost:1", "[::1]", "[::1]:80", "10.1.2.3:8017"]
        {
            assert!(is_ours(host), "{host}");
        }
        for host in [
            "",
            "x",
            "evil.example",
            "evil.example:8017",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1:80@evil.example",
            "[::1].evil.example",
            "[evil]",
        ] {
            assert!(!is_ours(host), "{host}");
        }
    }
}
