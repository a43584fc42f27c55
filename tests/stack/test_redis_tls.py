"""An encrypted broker is believed only when its certificate is: the product's own connection, against a real server."""

import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from kombu.exceptions import OperationalError

from biologidex.config import celery
from running import free_port
from stack import certificates, redis_servers
from stack.certificates import Certificate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="apt install openssl"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The certificate that this Redis shows."""
    return certificates.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(certificate: Certificate) -> Iterator[int]:
    """Run a Redis that speaks nothing but TLS."""
    port = free_port()
    tls = {"tls-port": port, "tls-cert-file": certificate.file, "tls-key-file": certificate.key}
    options = {"port": 0, **tls, "tls-auth-clients": "no", "bind": "127.0.0.1", "save": ""}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with subprocess.Popen(
        ["redis-server", *words], executable=redis_servers.program(), stdout=subprocess.DEVNULL
    ) as process:
        time.sleep(0.5)
        yield port
        process.terminate()


def connect(address: str) -> bool:
    with celery.app.connection(address, ssl=celery.encryption_of(address)) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
        return bool(connection.connected)


def test_a_certificate_of_ones_own_authority_is_believed(port: int, certificate: Certificate) -> None:
    assert connect(f"rediss://localhost:{port}/0?ssl_ca_certs={certificate.file}")


def test_an_unknown_certificate_is_not(port: int) -> None:
    with pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(f"rediss://localhost:{port}/0")


def test_a_certificate_for_another_host_is_not(port: int, certificate: Certificate) -> None:
    with pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate.file}")
