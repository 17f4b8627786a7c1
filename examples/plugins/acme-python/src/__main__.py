"""The plugin's main."""

import acme
import authrun_plugin

authrun_plugin.serve(acme.DESCRIPTION, acme.OPERATIONS)
