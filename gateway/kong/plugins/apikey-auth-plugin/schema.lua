-- The same fields, defaults and bounds as gateway/src/apikey/settings.ts.
local typedefs = require "kong.db.schema.typedefs"

return {
  name = "apikey-auth-plugin",
  fields = {
    { consumer = typedefs.no_consumer },
    { protocols = typedefs.protocols_http },
    {
      config = {
        type = "record",
        fields = {
          -- Tried in turn from a random start. They name hosts that DNS knows: a name of `upstreams` is none.
          { verification_urls = { type = "array", len_min = 1, elements = typedefs.url } },
          -- How long a positive answer is kept, in seconds.
          { cache_ttl_sec = { type = "integer", required = true, default = 10, between = { 0, 3600 } } },
          -- How long a refusal is kept, in seconds.
          { negative_ttl_sec = { type = "integer", required = true, default = 1, between = { 0, 60 } } },
          -- For one check, however many URLs it takes, in milliseconds. Far below the 5 s after which Kong's cache
          -- lets a second check of the same key begin.
          { timeout_ms = { type = "integer", required = true, default = 1500, between = { 10, 4000 } } },
          -- Whether a key is asked for at all; where none is, none is checked either.
          { required = { type = "boolean", required = true, default = true } },
          -- Whether the key is taken out of what the service sees.
          { hide_credentials = { type = "boolean", required = true, default = false } },
        },
      },
    },
  },
  entity_checks = {
    {
      conditional = {
        if_field = "config.required",
        if_match = { eq = true },
        then_field = "config.verification_urls",
        then_match = { required = true },
      },
    },
  },
}
