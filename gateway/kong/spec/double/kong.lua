-- Kong around one plugin, in memory: what it was asked and what it answered can be looked at.
local cache = require "cache"
local client = require "client"
local nginx = require "nginx"
local scheduler = require "scheduler"

local double = {}

-- An answer of the plugin ends its phase, as ngx.exit does.
local EXIT = {}

local TYPEDEFS = setmetatable({}, {
  __index = function(_, name)
    return "typedef:" .. name
  end,
})

local function lower_keys(headers)
  local lowered = {}
  for name, value in pairs(headers or {}) do
    lowered[name:lower()] = value
  end
  return lowered
end

local function first(value)
  return type(value) == "table" and value[1] or value
end

-- Which request a task serves; outside of tasks there is one at a time.
local exchanges = {}

local function current()
  return exchanges[coroutine.running() or "main"]
end

local request = {
  get_header = function(name)
    return first(current().headers[name:lower()])
  end,
  get_headers = function()
    return current().headers
  end,
  get_id = function()
    return "id-of-kong"
  end,
  get_method = function()
    return current().method
  end,
  get_path = function()
    return (current().target:gsub("%?.*", ""))
  end,
  get_path_with_query = function()
    return current().target
  end,
}

local response = {
  exit = function(status, body, headers)
    local answer = current().answer
    answer.status, answer.body, answer.headers = status, body, lower_keys(headers)
    error(EXIT)
  end,
  get_source = function()
    return current().source
  end,
  get_status = function()
    return current().answer.status
  end,
  set_status = function(status)
    current().answer.status = status
  end,
  get_header = function(name)
    return current().answer.headers[name:lower()]
  end,
  set_header = function(name, value)
    current().answer.headers[name:lower()] = value
  end,
  clear_header = function(name)
    current().answer.headers[name:lower()] = nil
  end,
  set_raw_body = function(body)
    table.insert(current().answer.chunks, body)
  end,
}

local service_request = {
  set_header = function(name, value)
    current().headers[name:lower()] = value
  end,
  clear_header = function(name)
    current().headers[name:lower()] = nil
  end,
}

local function request_table(name)
  return setmetatable({}, {
    __index = function(_, key)
      return current()[name][key]
    end,
    __newindex = function(_, key, value)
      current()[name][key] = value
    end,
  })
end

--- Puts a new Kong into the globals; the plugins' modules are to be required after it.
function double.install()
  for name in pairs(package.loaded) do
    if name:find "^kong%.plugins%." then
      package.loaded[name] = nil
    end
  end
  local state = { scheduler = scheduler.new(), client = client, logged = {} }
  client.hosts, client.requests, client.reused = {}, {}, false
  package.loaded["resty.http"] = client
  package.loaded["kong.db.schema.typedefs"] = TYPEDEFS
  package.loaded["kong.tools.sha256"] = {
    sha256_hex = function(text)
      return "digest:" .. text:reverse()
    end,
  }
  _G.ngx = nginx.new(state.scheduler)
  local function log(...)
    table.insert(state.logged, table.concat { ... })
  end
  _G.kong = {
    cache = cache.new(ngx.now, function(seconds)
      state.scheduler:sleep(seconds)
    end),
    ctx = { plugin = request_table "plugin", shared = request_table "shared" },
    log = { err = log, warn = log },
    request = request,
    response = response,
    router = {
      get_service = function()
        return current().service
      end,
    },
    service = { request = service_request },
  }
  return state
end

--- A request before any phase.
function double.exchange(fields)
  return {
    method = fields.method or "GET",
    target = fields.target or "/blog/x",
    headers = lower_keys(fields.headers),
    source = fields.source,
    service = fields.service,
    shared = {},
    plugin = {},
    answer = { status = fields.status, headers = lower_keys(fields.answer_headers), chunks = {} },
  }
end

--- Runs one phase; true when the plugin answered the request itself.
function double.run(handler, phase, exchange, conf)
  exchanges[coroutine.running() or "main"] = exchange
  local ok, err = pcall(handler[phase], handler, conf or {})
  if not ok and err ~= EXIT then
    error(err, 0)
  end
  return not ok
end

return double
