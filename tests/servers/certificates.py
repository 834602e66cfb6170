"""Certificates for the tests: an authority that nobody else knows, and what servers show that are, or are not, who they say."""

import datetime
import ssl

import trustme


def make(directory):
    """An authority; its certificate is written to the directory."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(f"{directory}/authority.pem")
    return authority


def context(authority, kind):
    """What a server shows: `good`, `expired`, of `another-name`, or of `another-authority`."""
    if kind == "another-authority":
        authority = trustme.CA()
    name = "elsewhere.example" if kind == "another-name" else "localhost"
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    certificate = authority.issue_cert(name, not_after=yesterday if kind == "expired" else None)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(server)
    return server
