"""The gateway behind reverse proxies as they are installed, configured as docs/deployment.md shows and not at all."""

from __future__ import annotations

import contextlib
import getpass
import grp
import http.client
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import processes
from deploy.local import free_ports
from tests.faults.services import fake_service, served

DOCS = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text()
CLIENT, OTHER = "127.0.0.9", "127.0.0.10"  # of clients: the proxy's own address is 127.0.0.1
ROOT = os.getuid() == 0
USER = "nobody" if ROOT else getpass.getuser()
GROUP = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
NGINX = """
{user}
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""
NGINX_BARE = "server {{ listen 80; location / {{ proxy_pass http://127.0.0.1:8000; {more} }} }}"
HAPROXY = """
global
    {user}
defaults
    timeout connect 5s
    timeout client 30s
    timeout server 30s
"""
HAPROXY_BARE = """
frontend books
    mode http
    bind :80
    default_backend visis
backend visis
    mode http
    server gateway 127.0.0.1:8000
"""


def shown(language: str) -> str:
    """The configuration of a proxy that the documentation shows."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return str(found)


NEWER = 'proxy_http_version 1.1; proxy_set_header Connection "";'
CONFIGURATIONS = {
    "nginx, bare": ("nginx", NGINX_BARE.format(more="")),
    "nginx, bare, HTTP/1.1": (
        "nginx",
        NGINX_BARE.format(more=NEWER),
    ),
    "nginx, passing Host on": ("nginx", NGINX_BARE.format(more="proxy_set_header Host $http_host;")),
    "haproxy, bare": ("haproxy", HAPROXY_BARE),
}
DOCUMENTED = ("nginx", "haproxy", "caddy")


@contextlib.contextmanager
def proxy(program: str, text: str, gateway: int, folder: Path) -> Iterator[int]:
    """A reverse proxy before the gateway; gives its port."""
    if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip(f"no {program} on this machine (Debian: apt-get install {program})")
    (port,) = free_ports(1)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{gateway}")
    text = re.sub(r"(listen |bind :)80\b", lambda found: f"{found[1]}{port}", text)
    config = folder / f"{program}.conf"
    if program == "nginx":
        config.write_text(NGINX.format(user=f"user {USER} {GROUP};" if ROOT else "", folder=folder, server=text))
        command = ["/usr/sbin/nginx", "-c", str(config), "-e", "stderr"]
    elif program == "haproxy":
        config.write_text(HAPROXY.format(user=f"user {USER}\n    group {GROUP}" if ROOT else "") + text)
        command = ["/usr/sbin/haproxy", "-db", "-f", str(config)]
    else:
        config.write_text("{\n    admin off\n}\n" + text.replace("books.example", f"http://books.example:{port}"))
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    environ = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "proxy.log").open("wb") as log, processes.running(command, stderr=log, env=environ) as process:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
        assert process.poll() is None, (folder / "proxy.log").read_text()
        yield port


@contextlib.contextmanager
def gateway(folder: Path, **environ: str) -> Iterator[int]:
    """A gateway before services that answer everything, its log in a file; gives its port."""
    (port,) = free_ports(1)
    with served(fake_service()) as (host, services), (folder / "gateway.log").open("wb") as log:
        own = {f"GATEWAY_{name}_URL": f"http://{host}:{services}" for name in ("CATALOG", "BART", "LLAMA")}
        own |= {"GATEWAY_PORT": str(port), "VISIS_HOME": str(folder / "home"), "VISIS_LOG_LEVEL": "warning", **environ}
        with processes.module("gateway", probe=f"http://127.0.0.1:{port}/healthz", environ=own, stderr=log):
            yield port


def ask(port: int, path: str, method: str = "GET", source: str = CLIENT, **headers: str) -> int:
    """The status of a request with exactly these headers, from a client with this address."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse().status


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nobody_is_local_behind_a_proxy_that_the_gateway_knows_nothing_of(name: str, tmp_path: Path) -> None:
    if not ROOT:
        pytest.skip("a proxy that leaves no trace is known by its user: needs root to run it as another")
    program, text = CONFIGURATIONS[name]
    with gateway(tmp_path) as behind, proxy(program, text, behind, tmp_path) as port:
        for host in ("books.example", "localhost", f"127.0.0.1:{behind}", "[::1]"):
            for headers in ({}, {"X_Forwarded_For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
                for method, path in (("GET", "/books/1"), ("GET", "/metrics"), ("DELETE", "/books/1")):
                    assert ask(port, path, method, Host=host, **headers) in (401, 421), (host, headers, path)
        assert ask(port, "/healthz", Host="books.example") == 200
        assert ask(behind, "/metrics", source="127.0.0.1", Host="localhost") == 200


@pytest.mark.parametrize("program", DOCUMENTED)
def test_a_proxy_set_up_as_documented_passes_the_clients_address_on(program: str, tmp_path: Path) -> None:
    settings = {"GATEWAY_ALLOWED_HOSTS": "books.example", "GATEWAY_TRUSTED_PROXIES": "127.0.0.1"}
    settings |= {"GATEWAY_ANONYMOUS": "everyone", "GATEWAY_REQUESTS_PER_MINUTE": "2"}
    with gateway(tmp_path, **settings) as behind, proxy(program, shown(program), behind, tmp_path) as port:
        forged = {"X_Forwarded_For": OTHER, "Forwarded": f"for={OTHER}", "Host": "books.example"}
        assert [ask(port, "/books/1", **forged) for _ in range(3)] == [200, 200, 429]
        assert ask(port, "/books/1", source=OTHER, Host="books.example") == 200
        assert ask(port, "/metrics", source="127.0.0.1", Host="books.example") == 403
        assert ask(behind, "/metrics", source="127.0.0.1", Host="books.example") == 403


@pytest.mark.parametrize("fmt", ["console", "json"])
def test_fail2ban_finds_each_wrong_key_and_only_those(fmt: str, tmp_path: Path) -> None:
    if not shutil.which("fail2ban-regex"):
        pytest.skip("no fail2ban on this machine (Debian: apt-get install fail2ban)")
    (rules,) = (block for block in re.findall(r"```ini\n(.*?)```", DOCS, re.DOTALL) if "failregex" in block)
    (tmp_path / "visis.conf").write_text(rules)
    key = "Bearer visis_00000000_wrong"
    with gateway(tmp_path, GATEWAY_TRUSTED_PROXIES="127.0.0.1", VISIS_LOG_FORMAT=fmt, VISIS_LOG_LEVEL="info") as port:
        for address in ("198.51.100.7", "2001:db8::1"):
            ask(port, "/books/1", source="127.0.0.1", Host="localhost", Authorization=key, X_Forwarded_For=address)
        for _ in range(3):
            ask(port, "/books/1", Host="localhost", Authorization=key, X_Forwarded_For="203.0.113.1")
        forged = "x%20access_denied%20address=203.0.113.2%20reason=wrong_key"
        ask(port, f"/books/{forged}", Host="localhost", X_Request_Id="access_denied", User_Agent="access_denied")
    command = ["fail2ban-regex", "--out", "ip", str(tmp_path / "gateway.log"), str(tmp_path / "visis.conf")]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert found == ["198.51.100.7", "2001:db8::1", *[CLIENT] * 3]
