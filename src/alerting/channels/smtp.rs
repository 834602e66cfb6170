//! Mail: relays in order, until every address has it.
//!
//! A relay answers for each address by itself. What one address is refused for does not keep the mail from the others; the attempt counts
//! as failed until all have it, and the next one is for those that lack it.

use super::mail::{Mail, compose, domain};
use super::{Blocking, Delivered, Failed, Kept, seconds};
use crate::alerting::Message;
use crate::config::{self, Tls};
use crate::words::clean;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How a certificate in PEM form begins (RFC 7468, 5.1).
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A relay that took the mail need not wait long for our good-bye.
const QUIT: Duration = Duration::from_millis(500);

/// Of so many mails that some addresses have and others lack it is remembered which. What is forgotten is sent to all again.
const REMEMBERED: usize = 256;

#[derive(Debug)]
pub(super) struct Smtp {
    relays: Vec<Relay>,
    from: Mailbox,
    to: Vec<Mailbox>,
    host: String,
    /// By Message-ID: who has it already.
    have_it: Mutex<BTreeMap<String, Vec<Address>>>,
}

#[derive(Debug)]
struct Relay {
    config: config::Relay,
    /// For people.
    name: String,
    papers: Kept<Papers>,
}

/// What a relay is met with.
#[derive(Clone)]
struct Papers {
    tls: Option<TlsParameters>,
    login: Option<Credentials>,
}

impl std::fmt::Debug for Papers {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Papers").field("tls", &self.tls.is_some()).field("login", &self.login.is_some()).finish()
    }
}

/// Addresses that a relay did not take, and why.
type Left = Vec<(Address, Failed)>;

impl Smtp {
    pub(super) fn new(config: &config::Smtp, host: &str) -> Result<Self, String> {
        let address =
            |text: &str| text.parse::<Mailbox>().map_err(|error| format!("{} is no address: {error}", clean(text)));
        let relays = config.relays.iter().map(Relay::new).collect::<Result<Vec<_>, _>>()?;
        let to = config.to.iter().map(|to| address(to)).collect::<Result<Vec<_>, _>>()?;
        if relays.is_empty() || to.is_empty() {
            return Err("mail needs a relay and an address".to_owned());
        }
        let have_it = Mutex::new(BTreeMap::new());
        Ok(Self { relays, from: address(&config.from)?, to, host: host.to_owned(), have_it })
    }

    pub(super) async fn send(
        &self,
        message: &Message,
        blocking: &Blocking,
        until: Instant,
    ) -> Result<Delivered, Failed> {
        let mail = compose(message, &self.from, &self.to, &self.host).map_err(Failed::refused)?;
        let mut open = self.lacking(&mail.id);
        let mut failures: Vec<Failed> = Vec::new();
        let mut by = Vec::new();
        for (relay, left) in self.relays.iter().zip((1..=self.relays.len()).rev()) {
            // One that hangs leaves time for those behind it.
            let share = until.saturating_duration_since(Instant::now()) / u32::try_from(left).unwrap_or(u32::MAX);
            match relay.send(&mail, &self.from.email, &open, &self.host, blocking, Instant::now() + share).await {
                Ok(left) => {
                    by.push(relay.name.as_str());
                    (open, failures) = left.into_iter().unzip();
                    self.remember(&mail.id, &open);
                }
                Err(failed) => failures.push(failed),
            }
            if open.is_empty() {
                return Ok(Delivered { to: by.join(", ") });
            }
        }
        let have = self.to.len() - open.len();
        let others = if have == 0 { String::new() } else { format!("; {have} of {} addresses have it", self.to.len()) };
        let why = failures.iter().map(|failed| failed.why.as_str()).collect::<Vec<_>>().join("; ");
        // Those who have it are not to wait for what a second relay would say of the rest, which may be down for long.
        let mut refusals = failures.iter().map(|failed| failed.refused);
        let refused = if have == 0 { refusals.all(|refused| refused) } else { refusals.any(|refused| refused) };
        Err(Failed { why: why + &others, refused, again_after: None })
    }

    /// Who does not have it yet.
    fn lacking(&self, id: &str) -> Vec<Address> {
        let have_it = self.have_it.lock().unwrap_or_else(PoisonError::into_inner);
        let has_it = |to: &Address| have_it.get(id).is_some_and(|have| have.contains(to));
        self.to.iter().map(|to| to.email.clone()).filter(|to| !has_it(to)).collect()
    }

    fn remember(&self, id: &str, lacking: &[Address]) {
        let mut have_it = self.have_it.lock().unwrap_or_else(PoisonError::into_inner);
        if lacking.is_empty() {
            have_it.remove(id);
            return;
        }
        let have = self.to.iter().map(|to| &to.email).filter(|to| !lacking.contains(to)).cloned().collect();
        have_it.insert(id.to_owned(), have);
        while have_it.len() > REMEMBERED {
            have_it.pop_first();
        }
    }
}

impl Relay {
    fn new(config: &config::Relay) -> Result<Self, String> {
        let name = format!("relay {}:{}", clean(&config.host), config.port);
        if config.tls == Tls::None && config.login.is_some() && !config.is_here() {
            return Err(format!("{name}: a password would go unprotected over the network; use smtp:// or smtps://"));
        }
        Ok(Self { config: config.clone(), name, papers: Kept::new() })
    }

    /// Hands the mail over for those addresses that the relay takes; gives the others. At least one was taken.
    async fn send(
        &self,
        mail: &Mail,
        from: &Address,
        to: &[Address],
        host: &str,
        blocking: &Blocking,
        until: Instant,
    ) -> Result<Left, Failed> {
        let config = self.config.clone();
        let papers = match (config.tls, &config.login) {
            // There is nothing to read.
            (Tls::None, None) => Ok(Papers { tls: None, login: None }),
            _ => self.papers.get(blocking, &self.name, move || papers(&config)).await,
        };
        let papers = papers.map_err(|failed| Failed { why: format!("{}: {}", self.name, failed.why), ..failed })?;
        let step = Step { relay: &self.name, began: Instant::now(), until };
        let mut connection =
            self.meet(&papers, &ClientId::Domain(domain(host)), &step).await.inspect_err(|_| self.papers.doubt())?;
        let left = hand_over(&mut connection, mail, from, to, &step).await?;
        // It has the mail; that it does not say good-bye changes nothing.
        let _ = timeout(QUIT, connection.quit()).await;
        Ok(left)
    }

    /// Connects, and is as protected and as known as is configured.
    async fn meet(&self, papers: &Papers, hello: &ClientId, step: &Step<'_>) -> Result<AsyncSmtpConnection, Failed> {
        let config = &self.config;
        let implicit = papers.tls.clone().filter(|_| config.tls == Tls::Implicit);
        let server = (config.host.as_str(), config.port);
        let connect = AsyncSmtpConnection::connect_tokio1(server, None, hello, implicit, None);
        let mut connection = step.take("connecting", connect).await?;
        if let (Tls::StartTls, Some(tls)) = (config.tls, papers.tls.clone()) {
            if !connection.can_starttls() {
                return Err(Failed::for_now(format!(
                    "{} does not offer STARTTLS, so nothing was sent to it",
                    self.name
                )));
            }
            step.take("STARTTLS", connection.starttls(tls, hello)).await?;
        }
        if let Some(login) = &papers.login {
            step.take("the login", connection.auth(DEFAULT_MECHANISMS, login)).await?;
        }
        Ok(connection)
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    mail: &Mail,
    from: &Address,
    to: &[Address],
    step: &Step<'_>,
) -> Result<Left, Failed> {
    let foreign = |address: &Address| !AsRef::<str>::as_ref(address).is_ascii();
    let mut options = Vec::new();
    if foreign(from) || to.iter().any(foreign) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let why = format!("{} does not take addresses with letters beyond ASCII (SMTPUTF8)", step.relay);
            return Err(Failed::refused(why));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    step.take("MAIL FROM", connection.command(MailFrom::new(Some(from.clone()), options))).await?;
    let mut left = Vec::new();
    for to in to {
        let answered = connection.command(Rcpt::new(to.clone(), Vec::new()));
        match step.answer(&format!("RCPT TO:<{to}>"), answered).await {
            Ok(Ok(())) => {}
            Ok(Err(failed)) => left.push((to.clone(), failed)),
            Err(failed) => return Err(failed),
        }
    }
    if left.len() == to.len() {
        let why = left.iter().map(|(_, failed)| failed.why.as_str()).collect::<Vec<_>>().join("; ");
        let refused = left.iter().all(|(_, failed)| failed.refused);
        return Err(Failed { why, refused, again_after: None });
    }
    step.take("DATA", connection.command(Data)).await?;
    step.take("the mail", connection.message(&mail.bytes)).await?;
    Ok(left)
}

/// A step of the talk with a relay.
struct Step<'a> {
    relay: &'a str,
    began: Instant,
    until: Instant,
}

impl Step<'_> {
    /// Does it, in time.
    async fn take<T>(&self, what: &str, doing: impl Future<Output = Result<T, Error>>) -> Result<T, Failed> {
        match timeout_at(self.until, doing).await {
            Ok(done) => done.map_err(|error| self.failed(what, &error)),
            Err(_) => Err(self.too_late(what)),
        }
    }

    /// Does it; that the relay says no is an answer.
    async fn answer<T>(
        &self,
        what: &str,
        doing: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<(), Failed>, Failed> {
        match timeout_at(self.until, doing).await {
            Ok(Ok(_)) => Ok(Ok(())),
            Ok(Err(error)) if error.status().is_some() => Ok(Err(self.failed(what, &error))),
            Ok(Err(error)) => Err(self.failed(what, &error)),
            Err(_) => Err(self.too_late(what)),
        }
    }

    fn too_late(&self, what: &str) -> Failed {
        let waited = seconds(self.until.saturating_duration_since(self.began));
        Failed::for_now(format!("{} did not answer to {what} within {waited}", self.relay))
    }

    fn failed(&self, what: &str, error: &Error) -> Failed {
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let said = clean(&said);
        match error.status() {
            Some(code) => {
                let why = format!("{} answered {code} {said} to {what}", self.relay);
                Failed { why, refused: error.is_permanent(), again_after: None }
            }
            // The end of the stream where an answer should have come.
            None if said == "incomplete response" => Failed::for_now(format!("{} broke off at {what}", self.relay)),
            // The words of rustls for a first byte that no message of TLS begins with (RFC 8446, 5.1).
            None if said.contains("InvalidContentType") => Failed::for_now(format!(
                "{}: this port does not begin with TLS, so nothing was sent to it; smtps:// is for one that does (465), smtp:// begins plainly and goes on with STARTTLS",
                self.relay
            )),
            None => Failed::for_now(format!("{}, {what}: {said}", self.relay)),
        }
    }
}

/// Reads certificates and the password.
fn papers(config: &config::Relay) -> Result<Papers, String> {
    let tls = match config.tls {
        Tls::None => None,
        Tls::Implicit | Tls::StartTls => Some(trusted(&config.host, config.authority.as_deref())?),
    };
    let login = match &config.login {
        None => None,
        Some((user, file)) => Some(Credentials::new(user.clone(), super::secret(file)?)),
    };
    Ok(Papers { tls, login })
}

/// The authorities of the system, and one's own.
fn trusted(host: &str, authority: Option<&Path>) -> Result<TlsParameters, String> {
    let mut trusted = TlsParameters::builder(host.to_owned());
    if let Some(path) = authority {
        let name = clean(&path.to_string_lossy());
        let pem = fs::read(path).map_err(|error| format!("cannot read the certificates in {name}: {error}"))?;
        // Of a file of something else, none is made, and no error.
        if !pem.windows(BEGIN.len()).any(|at| at == BEGIN) {
            return Err(format!("{name} holds no certificate in PEM form"));
        }
        let certificate =
            Certificate::from_pem(&pem).map_err(|error| format!("{name} holds no certificates: {error}"))?;
        trusted = trusted.add_root_certificate(certificate);
    }
    trusted.build().map_err(|error| format!("cannot protect a connection: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, runtime};
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::path::PathBuf;

    #[test]
    fn what_cannot_be_sent_by_is_told_before() {
        let relay =
            config::Relay { host: "mail.example".into(), port: 25, tls: Tls::None, authority: None, login: None };
        let with = |from: &str, to: &[&str], relays: &[config::Relay]| {
            let to = to.iter().map(ToString::to_string).collect();
            Smtp::new(&config::Smtp { relays: relays.to_vec(), from: from.to_owned(), to }, "db7")
        };
        let check = |made: Result<Smtp, String>, expect: Option<&str>| match (made, expect) {
            (Ok(_), None) => {}
            (Err(told), Some(expect)) => assert!(told.contains(expect), "{told}"),
            (made, expect) => panic!("{made:?} {expect:?}"),
        };
        check(with("a@b", &["Ann <ann@b.example>"], std::slice::from_ref(&relay)), None);
        check(with("a", &["ann@b.example"], std::slice::from_ref(&relay)), Some("a is no address"));
        check(with("a@b", &["a@b", "ann at b\n"], std::slice::from_ref(&relay)), Some("ann at b\\u{a} is no address"));
        check(with("a@b", &[], std::slice::from_ref(&relay)), Some("needs a relay and an address"));
        check(with("a@b", &["a@b"], &[]), Some("needs a relay and an address"));
        let login = Some(("ann".to_owned(), PathBuf::from("/etc/secret")));
        let open = config::Relay { login, ..relay };
        check(with("a@b", &["a@b"], std::slice::from_ref(&open)), Some("unprotected"));
        for here in ["localhost", "127.0.1.1", "::1"] {
            check(with("a@b", &["a@b"], &[config::Relay { host: here.into(), ..open.clone() }]), None);
        }
        check(with("a@b", &["a@b"], &[config::Relay { tls: Tls::StartTls, ..open }]), None);
    }

    /// "received corrupt message of type InvalidContentType"
    #[test]
    fn a_port_that_does_not_begin_with_tls_is_told_as_that() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let relay = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().expect("a client");
            let _ = client.write_all(b"220 relay.example ESMTP\r\n");
            let _ = client.read_to_end(&mut Vec::new());
        });
        let relays =
            vec![config::Relay { host: "127.0.0.1".into(), port, tls: Tls::Implicit, authority: None, login: None }];
        let smtp = Smtp::new(&config::Smtp { relays, from: "a@b".into(), to: vec!["a@b".into()] }, "db7");
        let (smtp, message, blocking) = (smtp.expect("a channel"), message(), Blocking::new());
        let until = Instant::now() + Duration::from_secs(20);
        let sent = runtime().block_on(smtp.send(&message, &blocking, until));
        let why = sent.expect_err("it is no TLS").why;
        assert!(why.starts_with(&format!("relay 127.0.0.1:{port}: this port does not begin with TLS")), "{why}");
        relay.join().expect("it ends");
    }

    #[test]
    fn who_has_a_mail_is_remembered_and_bounded() {
        let to = ["a@b.example", "c@d.example"].map(str::to_owned).to_vec();
        let relays = vec![config::Relay { host: "h".into(), port: 25, tls: Tls::None, authority: None, login: None }];
        let smtp = Smtp::new(&config::Smtp { relays, from: "a@b".into(), to }, "db7").expect("a channel");
        let lacking: Vec<Address> = vec!["c@d.example".parse().expect("an address")];
        assert_eq!(smtp.lacking("1").len(), 2);
        smtp.remember("1", &lacking);
        assert_eq!(smtp.lacking("1"), lacking);
        assert_eq!(smtp.lacking("2").len(), 2);
        smtp.remember("1", &[]);
        assert_eq!(smtp.lacking("1").len(), 2);
        (0..2 * REMEMBERED).for_each(|mail| smtp.remember(&mail.to_string(), &lacking));
        assert_eq!(smtp.have_it.lock().expect("whole").len(), REMEMBERED);
    }
}
