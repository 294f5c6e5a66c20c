import os

from hypothesis import settings

# A solve takes as long as the machine is slow; in CI, a failure must come back when it is run again.
settings.register_profile("oremix", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("oremix")
