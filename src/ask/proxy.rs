//! Proxies, as the environment names them.
//!
//! In: an address, and the variables `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` in either case. Out: the proxy for that
//! address, or none. `no_proxy` is read as curl and Go read it: hosts and their subdomains, addresses, and networks such as
//! `10.0.0.0/8`.

use std::net::IpAddr;

use ipnet::IpNet;
use ureq::Proxy;
use ureq::http::Uri;

/// A variable names no proxy. Its value is not told, since it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the variable `{variable}` does not hold the address of a proxy: expected an address such as `http://host:port`"
)]
pub struct NoProxy {
    /// The variable.
    pub variable: String,
}

/// The proxy for `uri`, by the variables of the environment.
pub(super) fn of(uri: &Uri) -> Result<Option<Proxy>, NoProxy> {
    named(uri, |name| std::env::var(name).ok())
}

fn named(uri: &Uri, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, NoProxy> {
    let scheme = uri.scheme_str().unwrap_or("http");
    let names = [format!("{scheme}_proxy"), "all_proxy".to_owned()];
    let either_case = names.into_iter().flat_map(|name| [name.clone(), name.to_ascii_uppercase()]);
    let filled = |name: String| Some((variable(&name).filter(|text| !text.trim().is_empty())?, name));
    let Some((address, name)) = either_case.into_iter().find_map(filled) else { return Ok(None) };
    let excepted = ["no_proxy", "NO_PROXY"].into_iter().find_map(&variable).unwrap_or_default();
    if is_excepted(uri, &excepted) {
        return Ok(None);
    }
    let proxy = Proxy::new(address.trim()).map_err(|_told_by_its_name| NoProxy { variable: name })?;
    Ok(Some(proxy))
}

/// Whether the list `excepted` names the host of `uri`.
fn is_excepted(uri: &Uri, excepted: &str) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let port = uri.port_u16().or_else(|| (uri.scheme_str() == Some("https")).then_some(443)).unwrap_or(80);
    let entries = excepted.split([',', ' ', '\t', '\n']).filter(|entry| !entry.is_empty());
    entries.map(str::to_ascii_lowercase).any(|entry| matches(&entry, &host, port))
}

fn matches(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        if let Ok(network) = entry.parse::<IpNet>() {
            return network.contains(&address);
        }
        if let Ok(excepted) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
            return excepted == address;
        }
    }
    if let Some((name, wanted)) = entry.rsplit_once(':')
        && let Ok(wanted) = wanted.parse::<u16>()
    {
        return wanted == port && matches(name.trim_matches(['[', ']']), host, port);
    }
    // The beginning of an address, such as `192.168.*`.
    if let Some(beginning) = entry.strip_suffix('*') {
        return host.starts_with(beginning);
    }
    let name = entry.trim_start_matches('*').trim_start_matches('.');
    host == name || host.strip_suffix(name).is_some_and(|before| !name.is_empty() && before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_excepts_hosts_addresses_and_networks() {
        for (uri, list, want) in [
            ("http://10.1.2.3:8000/v1", "10.0.0.0/8", true),
            ("http://11.1.2.3:8000/v1", "10.0.0.0/8,192.168.0.0/16", false),
            ("http://[fd00::1]:8000/v1", "fd00::/8", true),
            ("http://127.0.0.1/v1", "localhost, 127.0.0.1", true),
            ("http://gpu1.lab.example/v1", ".lab.example", true),
            ("http://gpu1.lab.example/v1", "lab.example", true),
            ("http://notlab.example/v1", "lab.example", false),
            ("http://GPU1.Lab.Example/v1", "*.lab.example", true),
            ("http://a.b/v1", "*", true),
            ("http://a.b:81/v1", "a.b:80", false),
            ("https://a.b/v1", "a.b:443", true),
            ("http://192.168.7.1/v1", "192.168.*", true),
            ("http://a.b/v1", "", false),
        ] {
            assert_eq!(is_excepted(&uri.parse().unwrap(), list), want, "{uri} {list}");
        }
    }

    #[test]
    fn the_scheme_says_which_variable_counts() {
        let of = |uri: &str, set: &[(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
            named(&uri.parse().unwrap(), variable).map(|proxy| proxy.map(|proxy| proxy.host().to_owned()))
        };
        let all = [("HTTPS_PROXY", "http://s:1"), ("http_proxy", "h:2"), ("ALL_PROXY", "socks5h://a:3")];
        assert_eq!(of("https://x/v1", &all), Ok(Some("s".to_owned())));
        assert_eq!(of("http://x/v1", &all), Ok(Some("h".to_owned())));
        assert_eq!(of("http://x/v1", &all[2..]), Ok(Some("a".to_owned())));
        assert_eq!(of("http://x/v1", &all[..1]), Ok(None));
        let bad = of("http://x/v1", &[("http_proxy", "ftp://user:pw@h")]).unwrap_err();
        assert_eq!(bad.variable, "http_proxy");
        assert!(!bad.to_string().contains("pw"));
    }
}
