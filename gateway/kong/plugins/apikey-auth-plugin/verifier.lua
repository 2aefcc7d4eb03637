-- Asks the verifying service about keys, over HTTP.
local http = require "resty.http"

local kong = kong
local find = string.find
local fmt = string.format
local max = math.max
local now = ngx.now
local random = math.random
local tonumber = tonumber
local type = type
local unpack = unpack
local update_time = ngx.update_time

local verifier = {}

-- Checks at once in one worker; a flood of invented keys gets 503 beyond it.
local MAX_CHECKS = 64
local MAX_BODY_BYTES = 16 * 1024
-- The whole seconds that a granted key has left; absent where it has no end.
local EXPIRES_IN = "X-Apikey-Expires-In"
-- Connections are given up before the verifying service does (75 s): none is found closed.
local KEEPALIVE_MS = 50000
local KEEPALIVE_POOL = 16

local running = 0

local function time_left_ms(deadline)
  update_time()
  return (deadline - now()) * 1000
end

local function read_body(client, answer, deadline)
  local chunks, size = {}, 0
  while true do
    local left = time_left_ms(deadline)
    if left <= 0 then
      return nil, "timeout"
    end
    -- Each read has its own time-out: an answer that trickles in would never end.
    client:set_timeout(left)
    local chunk, err = answer.body_reader(MAX_BODY_BYTES)
    if err then
      return nil, err
    end
    if not chunk then
      return table.concat(chunks)
    end
    size = size + #chunk
    if size > MAX_BODY_BYTES then
      return nil, "the answer is too long"
    end
    chunks[#chunks + 1] = chunk
  end
end

-- One question on one connection. The third value says that it was an old connection, which its other end may have
-- closed before the question came.
local function exchange(client, address, request, deadline)
  client:set_timeout(max(1, time_left_ms(deadline)))
  local ok, err = client:connect(address)
  if not ok then
    return nil, err
  end
  local reused = (client:get_reused_times() or 0) > 0
  client:set_timeout(max(1, time_left_ms(deadline)))
  local answer
  answer, err = client:request(request)
  if not answer then
    return nil, err, reused
  end
  local body
  body, err = read_body(client, answer, deadline)
  if not body then
    return nil, err
  end
  local headers = answer.headers
  return {
    status = answer.status,
    content_type = headers["Content-Type"],
    expires_in = headers[EXPIRES_IN],
    body = body,
  }
end

local function ask(url, key, request_id, timeout_ms)
  local asked_at = now()
  local deadline = asked_at + timeout_ms / 1000
  local client = http.new()
  local parts, err = client:parse_uri(url)
  if not parts then
    return nil, err
  end
  local scheme, host, port, path = unpack(parts)
  local address = { scheme = scheme, host = host, port = port, ssl_server_name = host }
  local request = {
    method = "GET",
    path = path,
    headers = {
      ["X-Api-Key"] = key,
      ["X-Request-ID"] = request_id,
      ["X-Deadline-Ms"] = fmt("%d", timeout_ms),
    },
  }
  local answer, reused
  repeat
    answer, err, reused = exchange(client, address, request, deadline)
    if answer then
      client:set_keepalive(KEEPALIVE_MS, KEEPALIVE_POOL)
    else
      client:close()
    end
  until answer or not reused or time_left_ms(deadline) <= 0
  if answer then
    answer.asked_at = asked_at
  end
  return answer, fmt("%s:%s: %s", host, port, err)
end

-- Counted from before the question. A value that says something else than seconds is none: what it meant is not known.
local function end_of(answer)
  local expires_in = answer.expires_in
  if not expires_in then
    return nil
  end
  local said = type(expires_in) == "string" and find(expires_in, "^%d+$") and tonumber(expires_in)
  return answer.asked_at + (said or 0)
end

-- 2xx grants, 401 and 403 refuse, everything else is no answer.
local function to_ruling(answer)
  local status = answer.status
  if status >= 200 and status < 300 then
    return { granted = true, ends_at = end_of(answer) }
  end
  if status == 401 or status == 403 then
    return { status = status, content_type = answer.content_type or "text/plain", body = answer.body }
  end
  return nil, fmt("the key check was answered with %d", status)
end

local function ask_in_turn(conf, key, request_id)
  local urls = conf.verification_urls
  local n = #urls
  local first = random(n)
  local deadline = now() + conf.timeout_ms / 1000
  local ruling, err
  for i = 0, n - 1 do
    -- Each gets an equal share of what is left: one that hangs leaves time for the next.
    local share_ms = max(1, time_left_ms(deadline) / (n - i))
    local answer
    answer, err = ask(urls[(first - 1 + i) % n + 1], key, request_id, share_ms)
    if answer then
      ruling, err = to_ruling(answer)
      if ruling then
        return ruling
      end
    end
    kong.log.warn("an API key check came to nothing: ", err)
  end
  return nil
end

--- What the verifying service says of a key: `{ granted = true }`, with `ends_at` where the key ends, or its refusal
-- with `status`, `content_type` and `body`. Nil when nobody answers in time, or when too many checks are running; the
-- reason is in the log, the key is not.
function verifier.verify(conf, key, request_id)
  if running >= MAX_CHECKS then
    return nil
  end
  running = running + 1
  local ok, ruling = pcall(ask_in_turn, conf, key, request_id)
  running = running - 1
  if not ok then
    kong.log.err("an API key check failed: ", ruling)
    return nil
  end
  return ruling
end

return verifier
