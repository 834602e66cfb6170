"""A receiver of webhooks for the tests.

    web.py DIRECTORY '{"answers": [[429, {"Retry-After": "30"}, "slow down"], [200, {}, "ok"]], "certificate": "good"}'

Prints lines of JSON: first its port, then each request. The last answer repeats; one of status 0 never comes.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def tell(**what):
    print(json.dumps(what), flush=True)


def main(directory, wish):
    answers = wish["answers"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            tell(request={"path": self.path, "headers": dict(self.headers), "body": body.decode()})
            status, headers, text = answers.pop(0) if len(answers) > 1 else answers[0]
            if status == 0:
                time.sleep(3600)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self):
            tell(request={"path": self.path, "method": "GET"})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if "certificate" in wish:
        import certificates

        context = certificates.context(certificates.make(directory), wish["certificate"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    tell(port=server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
