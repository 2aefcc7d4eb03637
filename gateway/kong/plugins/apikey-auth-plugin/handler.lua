-- Who calls an API must show a key that the auth service knows. The same rules as gateway/src/apikey of the embedded
-- gateway, and the same answers.
local cjson = require "cjson.safe"
local envelope = require "kong.plugins.envelope-plugin.envelope"
local rulings = require "kong.plugins.apikey-auth-plugin.rulings"

local kong = kong
local find = string.find
local match = string.match

local HEADER = "x-api-key"
local MAX_KEY_LENGTH = 1024
local MAX_HEADERS = 1000

local ApikeyAuthHandler = {
  VERSION = "1.0.0",
  -- Below rate-limiting (910): a refused key has been counted by then.
  PRIORITY = 905,
}

-- In a pattern of Lua "$" is the very end; in one of PCRE a newline may follow it, and "/auth/health%0a" would pass.
local function needs_api_key(path)
  return find(path, "^/[^/]+/health$") == nil
end

-- The refusal passed on. A kept one was made for another request: the id in its envelope becomes this request's.
local function refuse(ruling)
  local request_id = envelope.request_id()
  local body = cjson.decode(ruling.body)
  if type(body) ~= "table" or type(body.requestId) ~= "string" then
    return envelope.send(ruling.status, ruling.body, ruling.content_type, request_id)
  end
  body.requestId = request_id
  return envelope.send(ruling.status, cjson.encode(body), envelope.CONTENT_TYPE, request_id)
end

function ApikeyAuthHandler:access(conf)
  if conf.required == false or not needs_api_key(kong.request.get_path()) then
    return
  end
  local given = kong.request.get_headers(MAX_HEADERS)[HEADER]
  if type(given) == "table" then
    return envelope.exit(400, "x-api-key header is there twice")
  end
  local key = given and match(given, "^%s*(.-)%s*$") or ""
  if key == "" then
    return envelope.exit(401, "x-api-key header is missing")
  end
  -- What can be no key, or two of them in one: nobody is asked.
  if #key > MAX_KEY_LENGTH or find(key, "[^\33-\126]") or find(key, ",", 1, true) then
    return envelope.exit(403, "x-api-key is invalid")
  end
  if conf.hide_credentials then
    kong.service.request.clear_header(HEADER)
  end
  local ruling = rulings.find(conf, key, envelope.request_id())
  if ruling.status then
    return refuse(ruling)
  end
  if not ruling.granted then
    return envelope.exit(503, "service unavailable")
  end
end

return ApikeyAuthHandler
