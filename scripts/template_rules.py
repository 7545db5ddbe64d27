"""Every rule for the translated template that is ours; each says what no linter sees."""

from scripts import (
    template_access,
    template_defaults,
    template_kinds,
    template_lives,
    template_policies,
    template_routes,
    template_storage,
    template_streams,
    template_watch,
)

OURS = (
    template_kinds,
    template_streams,
    template_routes,
    template_storage,
    template_watch,
    template_lives,
    template_access,
    template_policies,
    template_defaults,
)
RULES = tuple(rule for each in OURS for rule in each.RULES)
