//! Keys of issuers by discovery: who publishes them, and where (OpenID Connect Discovery 1.0).
//!
//! Only issuers whose providers say `keys: discover` are asked. What they send is bounded in size and time. All goes over
//! TLS, but to issuers on this machine.

use std::time::Duration;

use rolecall_mock::FetchError;
use serde_json::Value;
use ureq::Agent;

/// How long an issuer may take for one document, its redirects included.
const TIME: Duration = Duration::from_secs(5);
/// Bytes of a document.
const SIZE: u64 = 256 * 1024;
/// How often one document may be elsewhere.
const REDIRECTS: u32 = 3;

/// The text of an issuer's JWKS.
pub(super) fn fetch(issuer: &str) -> Result<String, FetchError> {
    let client = Client::of(issuer);
    aside(|| {
        let issuer = issuer.trim_end_matches('/');
        let text = client.get(&format!("{issuer}/.well-known/openid-configuration"))?;
        let configuration: Value = serde_json::from_str(&text).map_err(failed)?;
        let member = |name| configuration.get(name).and_then(Value::as_str);
        if member("issuer").map(|named| named.trim_end_matches('/')) != Some(issuer) {
            return Err(FetchError::Failed(format!(
                "the configuration of {issuer} is another issuer's"
            )));
        }
        let keys = member("jwks_uri").ok_or_else(|| failed("it has no jwks_uri"))?;
        client.get(keys)
    })
}

/// What asks one issuer.
struct Client {
    agent: Agent,
    /// Whether the issuer is on this machine, without TLS: then nothing else is asked.
    plain: Option<String>,
}

impl Client {
    fn of(issuer: &str) -> Self {
        let plain = issuer.starts_with("http://").then(|| origin(issuer));
        let config = Agent::config_builder()
            .https_only(plain.is_none())
            .max_redirects(if plain.is_some() { 0 } else { REDIRECTS })
            .max_redirects_will_error(true)
            .timeout_global(Some(TIME))
            .user_agent("rolecall");
        let config = if plain.is_some() {
            config.proxy(None)
        } else {
            config
        };
        Self {
            agent: config.build().into(),
            plain,
        }
    }

    fn get(&self, url: &str) -> Result<String, FetchError> {
        if self.plain.as_ref().is_some_and(|own| *own != origin(url)) {
            return Err(failed("an issuer without TLS has its keys on its own host"));
        }
        let mut response = self.agent.get(url).call().map_err(because)?;
        if response.status() != 200 {
            return Err(FetchError::Failed(format!("{url}: {}", response.status())));
        }
        let body = response.body_mut().with_config().limit(SIZE);
        body.read_to_string().map_err(because)
    }
}

/// Scheme, host and port.
fn origin(url: &str) -> String {
    let parts = url.splitn(4, '/').take(3);
    parts.collect::<Vec<_>>().join("/")
}

fn because(error: ureq::Error) -> FetchError {
    match error {
        ureq::Error::Timeout(_) => FetchError::Timeout,
        other => FetchError::Failed(other.to_string()),
    }
}

fn failed(error: impl std::fmt::Display) -> FetchError {
    FetchError::Failed(error.to_string())
}

/// Waits without keeping other requests waiting, where a runtime has threads for that.
fn aside<T>(wait: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// What an issuer answers, by its own address and the path.
    type Answer = fn(&str, &str) -> String;

    /// An issuer on loopback that answers by path, for as many requests as it gets.
    fn issuer(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let own = url.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                lines
                    .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
                    .for_each(drop);
                // A client that has read enough hangs up.
                let _ = stream.write_all(answer(&own, &path).as_bytes());
            }
        });
        url
    }

    fn ok(body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
    }

    fn configuration(issuer: &str, keys: &str) -> String {
        ok(&format!(
            r#"{{"issuer": "{issuer}", "jwks_uri": "{keys}"}}"#
        ))
    }

    #[test]
    fn the_configuration_says_where_the_keys_are() {
        let url = issuer(|own, path| match path {
            "/.well-known/openid-configuration" => configuration(own, &format!("{own}/keys")),
            "/keys" => ok("the keys"),
            _ => "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n".to_owned(),
        });
        assert_eq!(fetch(&url), Ok("the keys".to_owned()));
    }

    #[test]
    fn what_an_issuer_may_not_do_fails() {
        let answers: [(&str, Answer); 7] = [
            ("404", |_, _| {
                "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n".to_owned()
            }),
            ("no JSON", |_, _| ok("keys")),
            ("no address of the keys", |own, _| {
                ok(&format!(r#"{{"issuer": "{own}"}}"#))
            }),
            ("another issuer", |own, _| {
                configuration("https://idp.example.com", &format!("{own}/keys"))
            }),
            ("keys elsewhere", |own, _| {
                configuration(own, "http://192.0.2.1/keys")
            }),
            ("a redirect", |own, _| {
                format!(
                    "HTTP/1.1 302 Found\r\nlocation: {own}/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
            }),
            ("too much", |_, _| ok(&" ".repeat(300 * 1024))),
        ];
        for (what, answer) in answers {
            let url = issuer(answer);
            assert!(matches!(fetch(&url), Err(FetchError::Failed(_))), "{what}");
        }
        assert!(matches!(
            fetch("http://127.0.0.1:1"),
            Err(FetchError::Failed(_))
        ));
    }
}
