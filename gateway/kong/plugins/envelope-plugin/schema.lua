local typedefs = require "kong.db.schema.typedefs"

return {
  name = "envelope-plugin",
  fields = {
    { consumer = typedefs.no_consumer },
    -- Global only: what has no route, a 404 for one, has to meet it too.
    { route = typedefs.no_route },
    { service = typedefs.no_service },
    { protocols = typedefs.protocols_http },
    { config = { type = "record", fields = {} } },
  },
}
