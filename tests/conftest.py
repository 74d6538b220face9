"""How much Hypothesis tries: `--hypothesis-profile=quick`, `default` or `long`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# a shared machine is slow at times, so no example is failed for its duration
settings.register_profile("default", max_examples=60, deadline=None, print_blob=True)
settings.register_profile("quick", settings.get_profile("default"), max_examples=10)
settings.register_profile(
    "long", settings.get_profile("default"), max_examples=2_000, suppress_health_check=[HealthCheck.too_slow]
)
# Hypothesis takes a profile of its own where CI is set, and would try the same examples every time
settings.load_profile("default")
