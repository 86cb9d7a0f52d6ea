"""Sends one HTTP request through a mesh's gateway with a client certificate, and prints what happened as JSON.

The question is JSON on standard input, so that the key is in no argument (see forger.ts).
"""

import json
import os
import socket
import ssl
import sys
import tempfile
import time

# Time for the connection and for each answer, and the time in which a server must have rejected a certificate.
PATIENCE, REJECTION = 10, 3

# https://www.rfc-editor.org/rfc/rfc8446#section-6.2
ALERTS = {
    "HANDSHAKE_FAILURE": 40,
    "BAD_CERTIFICATE": 42,
    "UNSUPPORTED_CERTIFICATE": 43,
    "CERTIFICATE_REVOKED": 44,
    "CERTIFICATE_EXPIRED": 45,
    "CERTIFICATE_UNKNOWN": 46,
    "ILLEGAL_PARAMETER": 47,
    "UNKNOWN_CA": 48,
    "ACCESS_DENIED": 49,
    "DECODE_ERROR": 50,
    "DECRYPT_ERROR": 51,
    "PROTOCOL_VERSION": 70,
    "INTERNAL_ERROR": 80,
    "CERTIFICATE_REQUIRED": 116,
    "NO_APPLICATION_PROTOCOL": 120,
}


def client(question):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[question["tls"]]
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(question["alpn"])
    with tempfile.TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, name) for name in ["chain", "key"]}
        for name, path in files.items():
            with open(path, "w") as file:
                file.write(question[name])
        context.load_cert_chain(files["chain"], files["key"])
    return context


def await_rejection(secured):
    """In TLS 1.3 a server rejects a client's certificate after the handshake. It sends a ticket if it accepts it.

    A request that is sent before the alert arrives could turn it into a reset.
    """
    until = time.monotonic() + REJECTION
    secured.settimeout(0.05)
    while secured.version() == "TLSv1.3" and time.monotonic() < until and not secured.session.has_ticket:
        try:
            if not secured.recv(1):
                raise ConnectionResetError("closed after the handshake")
        except TimeoutError:
            pass
    secured.settimeout(PATIENCE)


def ask(question, seen):
    try:
        plain = socket.create_connection((question["address"], question["port"]), timeout=PATIENCE)
    except OSError as error:
        return {"outcome": "unreachable", "detail": str(error)}
    with plain:
        try:
            with client(question).wrap_socket(plain, server_hostname=question["sni"]) as secured:
                seen["server"] = ssl.DER_cert_to_PEM_cert(secured.getpeercert(True))
                await_rejection(secured)
                return answer(secured, question)
        except ssl.SSLError as error:
            name = (error.reason or "").rpartition("ALERT_")[2]
            if name in ALERTS and "ALERT_" in error.reason:
                return {"outcome": "refused", "alert": ALERTS[name], "detail": name}
            return {"outcome": "reset", "detail": str(error)}
        except OSError as error:
            return {"outcome": "reset", "detail": str(error) or type(error).__name__}


def answer(secured, question):
    lines = [f"GET {question['path']} HTTP/1.1", f"Host: {question['host']}", "Connection: close", "", ""]
    secured.sendall("\r\n".join(lines).encode())
    text = b""
    while chunk := secured.recv(65536):
        text += chunk
    head, _, body = text.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ConnectionResetError("closed without an answer" if not text else f"not HTTP: {text[:80]}")
    return {"outcome": "answered", "status": int(head.split(b" ")[1]), "body": body.decode("utf8", "replace")[:4000]}


seen = {"server": None}
result = ask(json.load(sys.stdin), seen)
print(json.dumps({**result, **seen}))
