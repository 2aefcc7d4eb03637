-- The part of lua-resty-http 0.17 that the plugin uses, with its signatures; Debian has no package of it.
local http = {}
http.__index = http

function http.new()
  return setmetatable({ sock = ngx.socket.tcp(), keepalive = true }, http)
end

function http:set_timeout(ms)
  self.sock:settimeout(ms)
end

--- scheme, host, port, path with query
function http:parse_uri(uri)
  local scheme, host, port, path = uri:match "^(http)://([^/:?]+):?(%d*)(.*)$"
  if not scheme then
    return nil, "bad uri: " .. uri
  end
  return { scheme, host, tonumber(port) or 80, path == "" and "/" or path }
end

function http:connect(options)
  self.host, self.port = options.host, options.port
  return self.sock:connect(options.host, options.port)
end

function http:get_reused_times()
  return self.sock:getreusedtimes()
end

function http:close()
  return self.sock:close()
end

function http:set_keepalive(idle_ms, pool_size)
  if not self.keepalive then
    return self.sock:close()
  end
  return self.sock:setkeepalive(idle_ms, pool_size)
end

local function read_headers(sock)
  local headers = setmetatable({}, {
    __index = function(t, name)
      return rawget(t, name:lower())
    end,
  })
  while true do
    local line, err = sock:receive "*l"
    if not line then
      return nil, err
    end
    if line == "" then
      return headers
    end
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    headers[name:lower()] = value
  end
end

local function length_reader(sock, length)
  return function(max_bytes)
    if length == 0 then
      return nil
    end
    local chunk, err = sock:receive(math.min(length, max_bytes))
    length = length - #(chunk or "")
    return chunk, err
  end
end

local function chunk_reader(sock)
  local ended = false
  return function()
    if ended then
      return nil
    end
    local size, err = sock:receive "*l"
    if not size then
      return nil, err
    end
    local length = tonumber(size, 16)
    if length == 0 then
      ended = true
      return nil, select(2, sock:receive "*l")
    end
    local chunk
    chunk, err = sock:receive(length)
    if not chunk then
      return nil, err
    end
    sock:receive(2)
    return chunk
  end
end

local function body_reader(sock, headers)
  if headers["Transfer-Encoding"] == "chunked" then
    return chunk_reader(sock)
  end
  return length_reader(sock, tonumber(headers["Content-Length"]) or 0)
end

function http:request(params)
  local lines = { params.method .. " " .. params.path .. " HTTP/1.1", "Host: " .. self.host .. ":" .. self.port }
  for name, value in pairs(params.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  local sent, err = self.sock:send(table.concat(lines, "\r\n") .. "\r\n\r\n")
  if not sent then
    return nil, err
  end
  local status_line
  status_line, err = self.sock:receive "*l"
  if not status_line then
    return nil, err
  end
  local headers
  headers, err = read_headers(self.sock)
  if not headers then
    return nil, err
  end
  self.keepalive = (headers["Connection"] or ""):lower() ~= "close"
  return {
    status = tonumber(status_line:sub(10, 12)),
    headers = headers,
    body_reader = body_reader(self.sock, headers),
  }
end

return http
