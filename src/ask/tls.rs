//! Connections by TLS, and the certificates that they trust.
//!
//! In: the certificates of the system, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`. Out: a connector for [`ureq`]. A server is
//! trusted whose certificate leads to one of these, or is one of these: `openssl req -x509` makes a certificate that signs itself and
//! calls itself an authority, and every client that uses OpenSSL takes it from a server that the user has named so.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
    StreamOwned, client,
};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;

/// Certificates that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment names a file or directory without certificates.
    #[error("`SSL_CERT_FILE` or `SSL_CERT_DIR` is set, and names no certificate in PEM form{reason}")]
    NoCertificates {
        /// The reason, if there is one.
        reason: String,
    },
    /// None of the certificates is that of an authority.
    #[error("no certificate of the system can be used: {0}")]
    Unusable(String),
    /// The server's certificate is not trusted.
    #[error(
        "its certificate is not trusted: {0}. Set the variable SSL_CERT_FILE to the file of the certificate, or of its authority"
    )]
    Untrusted(String),
}

fn configuration() -> Result<Arc<ClientConfig>, Error> {
    let found = rustls_native_certs::load_native_certs();
    let is_named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    if is_named && found.certs.is_empty() {
        let reason = found.errors.first().map_or(String::new(), |error| format!(": {error}"));
        return Err(Error::NoCertificates { reason });
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs.iter().cloned());
    if found.certs.is_empty() {
        // A machine without certificates, such as a small container, still reaches the public servers.
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let unusable = |error: String| Error::Unusable(error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    let verifier = Verifier { chains, trusted: found.certs };
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(configuration))
}

/// Checks chains as `webpki` does, and certificates that the user trusts by themselves.
#[derive(Debug)]
struct Verifier {
    chains: Arc<WebPkiServerVerifier>,
    trusted: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain =
            self.chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match chain {
            Err(rustls::Error::InvalidCertificate(_)) if self.trusted.contains(end_entity) => {
                check_itself(end_entity, server_name, now)
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chains.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chains.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Checks the time and the name of a certificate that is trusted by itself. Where it holds no alternative names, as `openssl req
/// -x509 -subj /CN=HOST` makes it, its common name counts.
fn check_itself(
    bytes: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, rustls::Error> {
    let bad = |_: x509_cert::der::Error| rustls::Error::InvalidCertificate(CertificateError::BadEncoding);
    let certificate = Certificate::from_der(bytes).map_err(bad)?;
    let certificate = certificate.tbs_certificate();
    let validity = certificate.validity();
    if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    if certificate.get_extension::<SubjectAltName>().map_err(bad)?.is_some() {
        client::verify_server_name(&ParsedCertificate::try_from(bytes)?, name)?;
        return Ok(ServerCertVerified::assertion());
    }
    let common = certificate.subject().common_name().map_err(bad)?;
    if common.is_some_and(|common| common.value().eq_ignore_ascii_case(&name.to_str())) {
        return Ok(ServerCertVerified::assertion());
    }
    Err(CertificateError::NotValidForName.into())
}

/// Speaks TLS over a connection to an address that begins with `https`.
#[derive(Debug, Default)]
pub(super) struct TlsConnector {
    /// What is trusted: read once, when the first connection needs it.
    trust: OnceLock<Result<Arc<ClientConfig>, Error>>,
}

impl TlsConnector {
    /// What is trusted.
    pub(super) fn trust(&self) -> Result<Arc<ClientConfig>, Error> {
        self.trust.get_or_init(configuration).clone()
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let other = |error: Error| ureq::Error::Other(Box::new(error));
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let untrusted = |error: String| other(Error::Untrusted(error));
        let name = ServerName::try_from(host).map_err(|error| untrusted(error.to_string()))?;
        let mut connection = ClientConnection::new(self.trust().map_err(other)?, name)
            .map_err(|error| untrusted(error.to_string()))?;
        let mut socket = TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket).map_err(|error| {
            let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match tls {
                Some(rustls::Error::InvalidCertificate(reason)) => untrusted(reason.to_string()),
                _ => error.into(),
            }
        })?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: StreamOwned::new(connection, socket) })))
    }
}

/// A connection by TLS.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}
