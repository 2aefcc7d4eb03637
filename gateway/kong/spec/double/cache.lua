-- What kong.cache of Kong 3.9 does (lua-resty-mlcache with resurrect_ttl), within one worker: one caller of a key runs
-- the callback and the others wait; errors are not kept; what has expired is given again where the callback fails or
-- the wait is too long.
local cache = {}
cache.__index = cache

local LOCK_TIMEOUT_SEC = 5
local RESURRECT_SEC = 30
local STEP_SEC = 0.002

--- `now` gives seconds, `sleep` waits some.
function cache.new(now, sleep)
  return setmetatable({ now = now, sleep = sleep, entries = {}, locks = {} }, cache)
end

function cache:fresh(key)
  local entry = self.entries[key]
  if entry and (entry.until_sec == nil or self.now() < entry.until_sec) then
    return entry
  end
end

function cache:keep(key, value, ttl)
  self.entries[key] = { value = value, until_sec = (ttl and ttl > 0) and self.now() + ttl or nil }
end

function cache:wait(key)
  local waited = 0
  while self.locks[key] do
    if waited >= LOCK_TIMEOUT_SEC then
      return false
    end
    self.sleep(STEP_SEC)
    waited = waited + STEP_SEC
  end
  return true
end

function cache:run(key, callback, ...)
  local stale = self.entries[key]
  self.locks[key] = true
  local ok, value, err, ttl = pcall(callback, ...)
  self.locks[key] = nil
  if not ok then
    return nil, "callback threw an error: " .. tostring(value)
  end
  if err then
    if not stale then
      return nil, err
    end
    self:keep(key, stale.value, RESURRECT_SEC)
    return stale.value, nil, 4
  end
  if not (ttl and ttl < 0) then
    self:keep(key, value, ttl)
  end
  return value, nil, 3
end

--- Value, error, and where it was found: 1 or 2 for kept, 3 for asked now, 4 for expired, -1 for nowhere.
function cache:get(key, _, callback, ...)
  local entry = self:fresh(key)
  if entry then
    return entry.value, nil, 1
  end
  if not callback then
    return nil, nil, -1
  end
  if not self:wait(key) then
    entry = self.entries[key]
    if entry then
      return entry.value, nil, 4
    end
    return nil, "could not acquire callback lock: timeout"
  end
  entry = self:fresh(key)
  if entry then
    return entry.value, nil, 2
  end
  return self:run(key, callback, ...)
end

--- What POST /config does.
function cache:purge()
  self.entries = {}
end

return cache
