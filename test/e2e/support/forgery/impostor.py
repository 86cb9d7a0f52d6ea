"""Serves HTTP over TLS with a given certificate, and prints the end of each connection as a line of JSON."""

import json
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/chain", "/tls/key")
context.set_alpn_protocols(["istio"])
ANSWER = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nimpostor\n"


def serve(connection):
    try:
        connection.settimeout(5)
        with context.wrap_socket(connection, server_side=True) as secured:
            request = b""
            while b"\r\n\r\n" not in request:
                chunk = secured.recv(4096)
                if not chunk:
                    return "closed"
                request += chunk
            secured.sendall(ANSWER)
            return "answered"
    except ssl.SSLError as error:
        # A client that rejects the certificate sends an alert.
        return error.reason or str(error)
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


def handle(connection):
    print(json.dumps({"end": serve(connection)}), flush=True)


listening = socket.create_server(("", int(sys.argv[1])), backlog=50)
while True:
    threading.Thread(target=handle, args=[listening.accept()[0]], daemon=True).start()
