-- What every request meets, whatever its route: forged headers are dropped, requests with two readings refused, and
-- what Kong answers by itself leaves in the envelope. The embedded gateway always does this.
local envelope = require "kong.plugins.envelope-plugin.envelope"
local request_target = require "kong.plugins.envelope-plugin.request_target"

local kong = kong
local find = string.find
local ipairs = ipairs
local pairs = pairs
local type = type

local MAX_TARGET_LENGTH = 8 * 1024
-- The PDK shows no more; what it does not show cannot be dropped.
local MAX_HEADERS = 1000
-- kong.conf has nginx take in somewhat more: what is too much for nginx looks like any other bad request.
local MAX_HEADER_BYTES = 16 * 1024
-- Of a line: ": " and the line's end.
local LINE_BYTES = 4

local METHODS = {
  DELETE = true,
  GET = true,
  HEAD = true,
  OPTIONS = true,
  PATCH = true,
  POST = true,
  PUT = true,
}

-- What no client may say of itself. Kong sets its own x-forwarded-* later, and would append to a forged one.
local FORGED = {
  forwarded = true,
  ["x-deadline-ms"] = true,
  ["x-real-ip"] = true,
}

local MESSAGES = {
  [400] = "malformed HTTP request",
  [404] = "url not found",
  [405] = "method is not supported",
  [408] = "request was not received in time",
  [413] = "body is too large",
  [414] = "url is too long",
  [429] = "too many requests",
  [431] = "headers are too large",
  [502] = "service unavailable",
  [503] = "service unavailable",
  [504] = "request timed out",
}

-- Statuses that Kong answers and the contract does not know. 494 is nginx's own; 417 is how request-size-limiting
-- refuses a long body whose client waits for "100 Continue"; 502 is a service that is down.
local STATUSES = {
  [417] = 413,
  [494] = 431,
  [502] = 503,
}

local EnvelopeHandler = {
  VERSION = "1.0.0",
  -- The last to see the answer's header, when correlation-id has put the request's id into it.
  PRIORITY = 1,
}

local function is_forged(name)
  return FORGED[name]
    or find(name, "^x%-user%-") ~= nil
    or find(name, "^x%-consumer%-") ~= nil
    or find(name, "^x%-forwarded%-") ~= nil
end

local function drop_forged(headers)
  for name in pairs(headers) do
    if is_forged(name) then
      kong.service.request.clear_header(name)
    end
  end
  -- correlation-id would take over whatever is there.
  local id = headers["x-request-id"]
  if id ~= nil and not envelope.is_request_id(id) then
    kong.service.request.clear_header(envelope.REQUEST_ID)
  end
end

local function are_too_large(headers)
  local lines, bytes = 0, 0
  for name, given in pairs(headers) do
    local values = type(given) == "table" and given or { given }
    for _, value in ipairs(values) do
      lines = lines + 1
      -- A header without a value is `true`, as the PDK shows it.
      bytes = bytes + #name + (type(value) == "string" and #value or 0) + LINE_BYTES
    end
  end
  return lines >= MAX_HEADERS or bytes > MAX_HEADER_BYTES
end

local function refuse(status, message)
  -- correlation-id has not run yet, and gives the answer the id that it finds in the request.
  kong.service.request.set_header(envelope.REQUEST_ID, envelope.request_id())
  return envelope.exit(status, message)
end

-- Before a route is looked for: afterwards the path is Kong's reading of it.
function EnvelopeHandler:rewrite()
  local headers = kong.request.get_headers(MAX_HEADERS)
  drop_forged(headers)
  if are_too_large(headers) then
    return refuse(431, MESSAGES[431])
  end
  if headers.upgrade ~= nil then
    return refuse(400, "upgrade is not supported")
  end
  if not METHODS[kong.request.get_method()] then
    return refuse(405, MESSAGES[405])
  end
  local target = kong.request.get_path_with_query()
  if #target > MAX_TARGET_LENGTH then
    return refuse(414, MESSAGES[414])
  end
  if request_target.is_ambiguous(target) then
    return refuse(400, "malformed path")
  end
end

function EnvelopeHandler:access()
  local service = kong.router.get_service()
  if service then
    -- After which Kong answers 504 and nobody waits any more.
    kong.service.request.set_header("X-Deadline-Ms", tostring(service.read_timeout))
  end
end

function EnvelopeHandler:header_filter()
  kong.response.set_header("X-Content-Type-Options", "nosniff")
  local source = kong.response.get_source()
  if source == "service" then
    kong.response.clear_header("Server")
    kong.response.clear_header("X-Powered-By")
    return
  end
  local given = kong.response.get_status()
  if given < 400 or kong.ctx.shared.enveloped then
    return
  end
  local status = STATUSES[given] or given
  local id = kong.response.get_header(envelope.REQUEST_ID)
  if not envelope.is_request_id(id) then
    id = envelope.request_id()
  end
  local message = MESSAGES[status] or (status < 500 and "request is refused" or "something went wrong")
  local body = envelope.encode(status, message, id)
  kong.ctx.plugin.body = body
  kong.response.set_status(status)
  kong.response.clear_header("Content-Encoding")
  kong.response.set_header("Content-Type", envelope.CONTENT_TYPE)
  kong.response.set_header("Content-Length", #body)
  kong.response.set_header("Cache-Control", "no-store")
  kong.response.set_header(envelope.REQUEST_ID, id)
  if (status == 429 or status == 503) and not kong.response.get_header("Retry-After") then
    kong.response.set_header("Retry-After", "1")
  end
end

function EnvelopeHandler:body_filter()
  local body = kong.ctx.plugin.body
  if body ~= nil then
    kong.ctx.plugin.body = ""
    kong.response.set_raw_body(body)
  end
end

return EnvelopeHandler
