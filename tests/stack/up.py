"""The whole self-hosted stack for a person to try: `make stack`. Ends with Ctrl-C and leaves nothing behind."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # pytest does this for the tests

from stack.missing import missing
from stack.whole import Stack, whole_stack


def _describe(stack: Stack) -> None:
    print(f"\nBiologiDex: {stack.address}\n")
    for name, program in stack.parts.items():
        print(f"  {name:<10} process {program.pid:<7} log {program.log}")
    for redis in (stack.broker, stack.cache):
        print(f"  {redis.kind:<10} port {redis.port:<10} log {redis.log}")
    print(f"\n  metrics    curl -H 'Authorization: Bearer ...' {stack.direct_address}/metrics")
    print(f"             the token stands in {stack.secrets / 'metrics_token'}")
    print("\nCtrl-C stops everything.", flush=True)


def main() -> int:
    """Run it until it is interrupted; return the exit status."""
    if lacking := missing():
        print(f"These Debian packages are missing. As root: apt install {' '.join(lacking)}")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="biologidex-stack-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("Starting the stack; a new database takes a while to learn its animals.", flush=True)
    try:
        with whole_stack(folder, say=lambda line: print(line, flush=True)) as stack:
            _describe(stack)
            signal.pause()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
