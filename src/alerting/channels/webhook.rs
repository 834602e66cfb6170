//! A POST of JSON, or several.

use super::shapes;
use super::{Blocking, Delivered, Failed, Kept};
use crate::alerting::Message;
use crate::config::{self, Shape};
use crate::words::clean;
use chrono::{DateTime, TimeDelta, Utc};
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// So much of an answer is read: it is shown if it is a refusal.
const ANSWER: u64 = 2_048;

/// A receiver that asks for a longer pause gets this one.
const PAUSE_MAX: Duration = Duration::from_secs(86_400);

#[derive(Debug)]
pub(super) struct Webhook {
    config: config::Webhook,
    /// For people: the host alone, as the path of such an address is often its secret.
    name: String,
    papers: Kept<Papers>,
}

/// What the receiver is met with.
#[derive(Clone)]
struct Papers {
    roots: Option<RootCerts>,
    authorization: Option<HeaderValue>,
    key: Option<String>,
}

impl std::fmt::Debug for Papers {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Papers").field("roots", &self.roots.is_some()).finish_non_exhaustive()
    }
}

impl Webhook {
    pub(super) fn new(config: &config::Webhook) -> Result<Self, String> {
        let uri: Uri = config.url.parse().map_err(|error| format!("the url is none: {error}"))?;
        let (scheme, host) = (uri.scheme_str().unwrap_or_default(), uri.authority().map(|authority| authority.host()));
        let Some(host) = host.filter(|_| ["http", "https"].contains(&scheme)) else {
            return Err("the url must be of the form https://HOST/PATH".to_owned());
        };
        if config.shape == Shape::PagerDuty && config.key.is_none() {
            return Err("PagerDuty needs `key`, the file that holds the routing key".to_owned());
        }
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { config: config.clone(), name: clean(&format!("{scheme}://{host}{port}")), papers: Kept::new() })
    }

    pub(super) async fn send(
        &self,
        message: &Message,
        blocking: &Blocking,
        until: Instant,
    ) -> Result<Delivered, Failed> {
        let config = self.config.clone();
        let papers = self.papers.get(blocking, &self.name, move || papers(&config)).await?;
        let key = papers.key.as_deref().unwrap_or_default();
        let bodies = shapes::bodies(self.config.shape, message, key);
        let (name, url) = (self.name.clone(), self.config.url.clone());
        let posted = blocking.run(&self.name, move || {
            let left = || until.saturating_duration_since(Instant::now());
            bodies.iter().try_for_each(|body| post(&name, &url, body, &papers, left()))
        });
        let posted = posted.await?;
        posted.map_err(|(failed, doubted)| {
            if doubted {
                self.papers.doubt();
            }
            failed
        })?;
        Ok(Delivered { to: self.name.clone() })
    }
}

/// Posts it. Of a failure: whether what the receiver was met with may have been wrong.
fn post(name: &str, url: &str, body: &str, papers: &Papers, limit: Duration) -> Result<(), (Failed, bool)> {
    let tls = papers.roots.clone().map(|roots| TlsConfig::builder().root_certs(roots).build());
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        // A POST that is sent elsewhere becomes a GET: what comes back then says nothing of the message.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .timeout_global(Some(limit))
        .user_agent(concat!("arraywatch/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls.unwrap_or_default())
        .build()
        .into();
    let mut request = agent.post(url).header(header::CONTENT_TYPE, "application/json");
    if let Some(authorization) = &papers.authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    let mut response =
        request.send(body).map_err(|error| (Failed::for_now(format!("{name}: {}", told(&error))), true))?;
    let (status, pause) = (response.status().as_u16(), pause(response.headers(), Utc::now()));
    let mut said = Vec::new();
    // The status is the answer; that the rest breaks off changes nothing.
    let _ = response.body_mut().as_reader().take(ANSWER).read_to_end(&mut said);
    let said = String::from_utf8_lossy(&said);
    judge(name, status, &said, pause).map_err(|failed| (failed, matches!(status, 400 | 401 | 403)))
}

/// What an answer means. Of those below 500, three ask for another try: RFC 9110, 15.5.9 (408), RFC 8470, 5.2 (425), RFC 6585, 4 (429).
fn judge(name: &str, status: u16, said: &str, pause: Option<Duration>) -> Result<(), Failed> {
    if (200..300).contains(&status) {
        return Ok(());
    }
    let said = clean(&said.split_whitespace().collect::<Vec<_>>().join(" "));
    let said = if said.is_empty() { said } else { format!(": {said}") };
    let refused = (300..500).contains(&status) && ![408, 425, 429].contains(&status);
    Err(Failed { why: format!("{name} answered {status}{said}"), refused, again_after: pause })
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
fn pause(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = DateTime::parse_from_rfc2822(text).ok()?;
            (at.to_utc() - now).max(TimeDelta::zero()).to_std().ok()?
        }
    };
    Some(pause.min(PAUSE_MAX))
}

/// The words of ureq are for programmers where they are of a time.
fn told(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "no such host is known".to_owned(),
        ureq::Error::Io(error) => clean(&error.to_string()),
        error => clean(&error.to_string()),
    }
}

/// Reads certificates and secrets.
fn papers(config: &config::Webhook) -> Result<Papers, String> {
    let roots = if config.url.starts_with("https:") { Some(roots(config.authority.as_ref())?) } else { None };
    let secret = |path: &Option<PathBuf>| path.as_deref().map(super::secret).transpose();
    let authorization = secret(&config.authorization)?.map(|value| HeaderValue::from_str(&value)).transpose();
    let authorization =
        authorization.map_err(|_| "what stands in the file of `authorization` cannot stand in a header".to_owned())?;
    Ok(Papers { roots, authorization, key: secret(&config.key)? })
}

/// The authorities of the system, and one's own.
fn roots(authority: Option<&PathBuf>) -> Result<RootCerts, String> {
    let system = rustls_native_certs::load_native_certs().certs;
    let mut all: Vec<Certificate<'static>> =
        system.iter().map(|one| Certificate::from_der(one.as_ref()).to_owned()).collect();
    if let Some(path) = authority {
        let name = clean(&path.to_string_lossy());
        let pem = fs::read(path).map_err(|error| format!("cannot read the certificates in {name}: {error}"))?;
        let before = all.len();
        for item in parse_pem(&pem) {
            match item.map_err(|error| format!("{name} is no file of certificates: {error}"))? {
                PemItem::Certificate(certificate) => all.push(certificate),
                _ => continue,
            }
        }
        if all.len() == before {
            return Err(format!("{name} holds no certificate in PEM form"));
        }
    }
    Ok(RootCerts::Specific(Arc::new(all)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let check = |status, refused: Option<bool>| {
            let judged = judge("https://x", status, "no\n such  thing", None);
            assert_eq!(judged.clone().err().map(|failed| failed.refused), refused, "{status}");
            if let Err(failed) = judged {
                assert_eq!(failed.why, format!("https://x answered {status}: no such thing"));
            }
        };
        [200, 201, 202, 204].iter().for_each(|status| check(*status, None));
        [301, 302, 307, 400, 401, 403, 404, 410, 413, 422].iter().for_each(|status| check(*status, Some(true)));
        [408, 425, 429, 500, 502, 503, 504].iter().for_each(|status| check(*status, Some(false)));
    }

    #[test]
    fn pauses() {
        let now = "2026-11-21T22:00:00Z".parse().expect("a time");
        let check = |text: &str, expect: Option<u64>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().expect("a value"));
            assert_eq!(pause(&headers, now), expect.map(Duration::from_secs), "{text}");
        };
        check("30", Some(30));
        check(" 0 ", Some(0));
        check("Sat, 21 Nov 2026 22:02:00 GMT", Some(120));
        check("Sat, 21 Nov 2026 21:00:00 GMT", Some(0));
        check("99999999", Some(86_400));
        check("soon", None);
        check("-3", None);
        assert_eq!(pause(&HeaderMap::new(), now), None);
    }

    #[test]
    fn what_cannot_be_sent_by_is_told_before() {
        let check = |url: &str, shape, expect: Result<&str, &str>| {
            let made = Webhook::new(&config::Webhook {
                url: url.to_owned(),
                shape,
                authority: None,
                authorization: None,
                key: None,
            });
            match (made, expect) {
                (Ok(webhook), Ok(name)) => assert_eq!(webhook.name, name),
                (Err(told), Err(expect)) => assert!(told.contains(expect), "{told}"),
                (made, _) => panic!("{url}: {made:?}"),
            }
        };
        check("https://hooks.example/services/T0/B0/secret", Shape::Slack, Ok("https://hooks.example"));
        check("http://ann:secret@[::1]:9093/api/v2/alerts", Shape::Alertmanager, Ok("http://[::1]:9093"));
        check("https://events.example/v2/enqueue", Shape::PagerDuty, Err("routing key"));
        check("ftp://x/y", Shape::Plain, Err("https://HOST/PATH"));
        check("x/y", Shape::Plain, Err("the url is none"));
        check("https://a b/", Shape::Plain, Err("the url is none"));
    }
}
