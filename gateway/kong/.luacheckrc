std = "ngx_lua"
globals = { "kong" }
max_line_length = 120
-- Phases are methods, whether or not they look at their plugin.
self = false
files["spec"] = { std = "ngx_lua+busted", globals = { "ngx" } }
