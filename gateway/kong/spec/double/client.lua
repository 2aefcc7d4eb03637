-- In the place of lua-resty-http: hosts are functions that get a request and give status, body, content type and the
-- seconds that a key has left, or nil and an error. Time passes as they say.
local client = { hosts = {}, requests = {} }
client.__index = client

function client.new()
  return setmetatable({}, client)
end

function client:set_timeout(ms)
  self.timeout_ms = ms
end

function client:parse_uri(uri)
  local scheme, host, port, path = uri:match "^(%w+)://([^/:]+):?(%d*)(.*)$"
  return { scheme, host, tonumber(port) or 80, path }
end

function client:connect(address)
  self.host = address.host
  if not client.hosts[self.host] then
    return nil, "connection refused"
  end
  return true
end

function client:get_reused_times()
  return client.reused and 1 or 0
end

function client:request(params)
  table.insert(client.requests, { host = self.host, path = params.path, headers = params.headers })
  local status, body, content_type, expires_in = client.hosts[self.host](params, self.timeout_ms)
  if not status then
    return nil, body
  end
  local chunks = { body }
  return {
    status = status,
    headers = { ["Content-Type"] = content_type, ["X-Apikey-Expires-In"] = expires_in },
    body_reader = function()
      return table.remove(chunks, 1)
    end,
  }
end

function client:set_keepalive() end

function client:close() end

return client
