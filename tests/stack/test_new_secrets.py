"""Everything secret of a running stack is replaced as docs/security.md says, and nobody notices."""

import secrets
import time
from collections.abc import Iterator

import httpx2 as httpx
import psycopg
import pytest
from redis.exceptions import AuthenticationError

from client import Person
from pictures import jpeg
from stack.load import Load, Readers
from stack.redis_servers import at
from stack.whole import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def ann(stack: Stack) -> Iterator[Person]:
    """Somebody with one card, signed in since before."""
    with Person(stack.address) as person:
        person.sign_up()
        person.find("Vulpes vulpes", jpeg())
        yield person


def replace_everything(stack: Stack) -> None:
    """Signing key and passwords: let the new ones in, restart one after the other, keep the old ones out."""
    before = {redis: redis.passwords["app"] for redis in (stack.broker, stack.cache)}
    for redis in before:
        redis.take_besides(secrets.token_urlsafe(24))
    stack.primary.passwords |= {role: secrets.token_urlsafe(24) for role in ("app", "worker")}
    assert stack.primary.make_roles().returncode == 0
    stack.signing_keys.insert(0, secrets.token_urlsafe(48))
    with stack.renewed_pools():
        stack.tell_server()
        for name in ("web-1", "web-2", "live", "worker", "beat"):
            stack.parts[name].restart()
            time.sleep(3)  # nginx leaves an instance that did not answer alone for two seconds
    for redis, password in before.items():
        redis.take_no_more(password)


def test_nobody_notices_while_everything_secret_is_replaced(stack: Stack, ann: Person) -> None:
    old_pool = stack.primary.address("app", port=stack.pool_port)
    old = stack.primary.address("app"), stack.broker.address, stack.cache.address
    photo, token = ann.outcome(ann.send_photo(jpeg())["id"])["image"], ann.token
    load = Load(stack.address, people=4, rate=10)
    with load, Readers(stack.address, token, count=2) as readers:
        time.sleep(1)
        replace_everything(stack)
        time.sleep(1)
    outcomes = {visitor.person.outcome(job)["status"] for visitor in load.visitors for job in visitor.jobs}
    load.close()

    assert load.wrong == []
    assert [what for visitor in load.visitors for what in visitor.refused] == []
    assert set(load.answers) <= {"200", "201"}
    assert set(readers.answers) == {"200"}, "whoever signed in before stays so"
    assert outcomes == {"completed"}
    assert httpx.get(photo).status_code == 200
    assert ann.sign_in().token.partition(".")[0] != token.partition(".")[0], "the header names the key"
    for address in (old[0], old_pool):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address)
    for address in old[1:]:
        with pytest.raises(AuthenticationError):
            at(address).ping()
