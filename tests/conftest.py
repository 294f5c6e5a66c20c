import atexit
import os
import tempfile

from hypothesis import settings

# No test of the service writes where the user's own service keeps its data.
DATA = tempfile.TemporaryDirectory(prefix="oremix-tests-")
atexit.register(DATA.cleanup)
os.environ["XDG_DATA_HOME"] = DATA.name

# A solve takes as long as the machine is slow; in CI, a failure must come back when it is run again.
settings.register_profile("oremix", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("oremix")
