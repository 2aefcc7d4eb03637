-- The plugin apikey-auth-plugin among doubles, with a verifying service that knows one key.
local kong_double = require "kong"

local apikey = {}
apikey.__index = apikey

local REFUSAL = '{"code":"10001","status":403,"message":"permission denied","requestId":"of-another"}'

--- A host that knows the key "good".
function apikey.verifying(params)
  if params.headers["X-Api-Key"] == "good" then
    return 200, "{}", "application/json"
  end
  return 403, REFUSAL, "application/json"
end

--- `change` may alter the plugin's config, or what is there, before the plugin is loaded.
function apikey.open(change)
  local self = setmetatable(kong_double.install(), apikey)
  self.client.hosts.auth = apikey.verifying
  self.conf = {
    verification_urls = { "http://auth:8000/verify/apikey" },
    cache_ttl_sec = 10,
    negative_ttl_sec = 1,
    timeout_ms = 1500,
    required = true,
    hide_credentials = false,
  }
  if change then
    change(self.conf, self)
  end
  self.handler = require "kong.plugins.apikey-auth-plugin.handler"
  return self
end

--- A host that answers nothing until the time-out of its reader.
function apikey:hang()
  self.client.hosts.auth = function(_, timeout_ms)
    self.scheduler:sleep(timeout_ms / 1000)
    return nil, "timeout"
  end
end

--- Nobody listens there any more.
function apikey:kill()
  self.client.hosts.auth = nil
end

--- Asks with each of these headers at once. Of each: its status (200 when it passed), its answer, how long it took.
function apikey:ask_all(requests)
  local results, tasks = {}, {}
  for index, fields in ipairs(requests) do
    table.insert(tasks, function()
      local began = self.scheduler:now()
      local exchange = kong_double.exchange(fields)
      local answered = kong_double.run(self.handler, "access", exchange, self.conf)
      results[index] = {
        status = answered and exchange.answer.status or 200,
        body = exchange.answer.body,
        headers = exchange.answer.headers,
        exchange = exchange,
        took = self.scheduler:now() - began,
      }
    end)
  end
  self.scheduler:run(unpack(tasks))
  return results
end

--- One request with this key.
function apikey:ask(key, fields)
  fields = fields or {}
  fields.headers = fields.headers or {}
  fields.headers["x-api-key"] = key
  return self:ask_all({ fields })[1]
end

--- How often the verifying service was asked.
function apikey:checks()
  return #self.client.requests
end

return apikey
