"""A mail server for the tests: aiosmtpd, and servers that misbehave as real ones do.

    mail.py DIRECTORY '{"tls": "starttls", "certificate": "good", "login": ["ann", "secret"], "refuse": {"eve@ops.example": "550 5.1.1 unknown"}}'

Prints lines of JSON: first its port, then each mail that arrived, as Python's email package reads it with its default policy.
"""

import asyncio
import email
import email.policy
import json
import sys

import certificates
from aiosmtpd.smtp import SMTP, AuthResult


def tell(**what):
    print(json.dumps(what), flush=True)


def read(envelope, session):
    mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    login = session.auth_data.login.decode() if session.auth_data else None
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "hello": session.host_name,
        "starttls": session.ssl is not None,
        "login": login,
        "type": mail.get_content_type(),
        "headers": [[name, str(value)] for name, value in mail.items()],
        "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        "text": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "ascii": envelope.original_content.isascii(),
        "longest": max(len(line) for line in envelope.original_content.split(b"\r\n")),
    }


class Handler:
    """Takes mails, but for those that it is told to refuse."""

    def __init__(self, wish):
        self.wish = wish

    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = self.wish.get("refuse", {}).get(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.wish.get("break_off") == "answer":
            # It has all of the mail, and whether it takes it nobody learns.
            server.transport.abort()
            return "250 too late"
        if self.wish.get("hang") == "answer":
            await asyncio.sleep(3600)
        if "answer" in self.wish:
            return self.wish["answer"]
        tell(mail=read(envelope, session))
        return "250 OK"


class BreaksOff(SMTP):
    """Ends in the middle of a mail: after it said that it is ready for one."""

    async def smtp_DATA(self, arg):
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


async def raw(wish, reader, writer):
    """Speaks as it is told, and listens to nothing."""
    for line in wish["raw"]:
        writer.write(line.encode() + b"\r\n")
    await writer.drain()
    if wish.get("hang") != "greeting":
        writer.close()
    else:
        await asyncio.sleep(3600)


async def main(directory, wish):
    tls = wish.get("tls")
    context = None
    if tls:
        context = certificates.context(certificates.make(directory), wish.get("certificate", "good"))

    def authenticate(server, session, envelope, mechanism, data):
        right = [data.login.decode(), data.password.decode()] == wish["login"]
        # Not handled: aiosmtpd is to answer.
        return AuthResult(success=right, handled=False, auth_data=data if right else None)

    options = {"enable_SMTPUTF8": True, "hostname": "mail.test"}
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if "login" in wish:
        # Of a connection that is protected from its first byte, aiosmtpd does not know that it is.
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": tls == "starttls"}
    kind = BreaksOff if wish.get("break_off") == "mail" else SMTP
    loop = asyncio.get_running_loop()
    inner = context if tls == "implicit" else None
    if "raw" in wish:
        server = await asyncio.start_server(lambda *talk: raw(wish, *talk), "127.0.0.1", 0)
    else:
        server = await loop.create_server(lambda: kind(Handler(wish), **options), "127.0.0.1", 0, ssl=inner)
    tell(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
