-- The order in which Kong runs plugins, around a router that knows segment-bounded prefixes only.
local cjson = require "cjson.safe"

local runloop = {}

local settings
local plugins

-- Of the bundled correlation-id what the plugins can see of it: the id is there before they run, and in the answer.
local correlation_id = { PRIORITY = 100001 }

function correlation_id:access()
  if not kong.request.get_header "X-Request-ID" then
    kong.service.request.set_header("X-Request-ID", kong.request.get_id())
  end
end

function correlation_id:header_filter()
  local id = kong.request.get_header "X-Request-ID" or kong.request.get_id()
  kong.response.set_header("X-Request-ID", id)
end

-- A config as Kong hands it over: what is left out has the default of the plugin's schema.
local function with_defaults(name, config)
  local schema = require("kong.plugins." .. name .. ".schema")
  for _, entry in ipairs(schema.fields) do
    for _, item in ipairs(entry.config and entry.config.fields or {}) do
      local field, definition = next(item)
      if config[field] == nil then
        config[field] = definition.default
      end
    end
  end
end

local function load_plugins()
  plugins = { { name = "correlation-id", handler = correlation_id } }
  for _, name in ipairs { "apikey-auth-plugin", "envelope-plugin" } do
    plugins[#plugins + 1] = { name = name, handler = require("kong.plugins." .. name .. ".handler") }
    if settings.plugins[name] then
      with_defaults(name, settings.plugins[name])
    end
  end
  table.sort(plugins, function(a, b)
    return a.handler.PRIORITY > b.handler.PRIORITY
  end)
end

local function run(phase)
  local ctx = ngx.ctx
  for _, plugin in ipairs(plugins) do
    local method = plugin.handler[phase]
    local config = settings.plugins[plugin.name]
    if method and config then
      ctx.plugin_name = plugin.name
      method(plugin.handler, config)
    end
  end
end

--- Called when nginx starts; `path` is that of a JSON file.
function runloop.init(path)
  local file = assert(io.open(path))
  settings = assert(cjson.decode(file:read "*a"))
  file:close()
  _G.kong = require("pdk").new()
  load_plugins()
end

function runloop.rewrite()
  run "rewrite"
end

-- Escapes of unreserved characters are resolved, as Kong does; what else it resolves has been refused by now.
local function normalised(path)
  return (path:gsub("%%(%x%x)", function(hex)
    local character = string.char(tonumber(hex, 16))
    return character:find "^[%w._~-]$" and character or "%" .. hex:upper()
  end))
end

local function route()
  local path, query = ngx.var.request_uri:match "^([^?]*)(.*)$"
  local name, rest = normalised(path):match "^/([^/]+)(.*)$"
  local service = name and settings.services[name]
  if not service then
    return kong.response.exit(404, { message = "no Route matched with those values" })
  end
  ngx.ctx.service = service
  ngx.var.target = service.url .. (rest == "" and "/" or rest) .. query
end

function runloop.access()
  route()
  run "access"
  ngx.ctx.proxied = true
end

function runloop.header_filter()
  run "header_filter"
end

function runloop.body_filter()
  run "body_filter"
end

--- What nginx itself answers.
function runloop.handle_error()
  ngx.ctx.unexpected = true
  kong.response.exit(ngx.status, { message = "an error of Kong", request_id = kong.request.get_id() })
end

return runloop
