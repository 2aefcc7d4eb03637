-- Kong's plugin development kit over nginx's Lua module: the functions that the plugins use, as Kong 3.9 has them.
local cjson = require "cjson.safe"
local cache = require "cache"

local pdk = {}

--- Tables that live as long as a request; `plugin` is another one for each plugin.
local function request_table(name_of)
  local function fields()
    local ctx = ngx.ctx
    local name = name_of(ctx)
    ctx[name] = ctx[name] or {}
    return ctx[name]
  end
  return setmetatable({}, {
    __index = function(_, key)
      return fields()[key]
    end,
    __newindex = function(_, key, value)
      fields()[key] = value
    end,
  })
end

local function first(value)
  return type(value) == "table" and value[1] or value
end

local request = {}

function request.get_header(name)
  return first(ngx.req.get_headers(0)[name])
end

function request.get_headers(max)
  return ngx.req.get_headers(max)
end

function request.get_id()
  return ngx.var.request_id
end

function request.get_method()
  return ngx.req.get_method()
end

--- Decoded further than by Kong, which keeps some escapes: what holds here holds there.
function request.get_path()
  return ngx.var.uri
end

function request.get_path_with_query()
  return ngx.var.request_uri
end

local response = {}

function response.get_source()
  local ctx = ngx.ctx
  if ctx.unexpected then
    return "error"
  end
  return ctx.exited and "exit" or ctx.proxied and "service" or "error"
end

function response.get_status()
  return ngx.status
end

function response.set_status(status)
  ngx.status = status
end

function response.get_header(name)
  return first(ngx.header[name])
end

function response.set_header(name, value)
  ngx.header[name] = value
end

function response.clear_header(name)
  ngx.header[name] = nil
end

function response.set_raw_body(body)
  ngx.arg[1] = body
  ngx.arg[2] = true
end

function response.exit(status, body, headers)
  ngx.ctx.exited = true
  ngx.status = status
  if type(body) == "table" then
    body = cjson.encode(body)
    ngx.header["Content-Type"] = "application/json; charset=utf-8"
  end
  for name, value in pairs(headers or {}) do
    ngx.header[name] = value
  end
  ngx.header["Content-Length"] = #body
  ngx.print(body)
  return ngx.exit(status)
end

local service_request = {}

function service_request.set_header(name, value)
  ngx.req.set_header(name, value)
end

function service_request.clear_header(name)
  ngx.req.clear_header(name)
end

local function log_at(level)
  return function(...)
    ngx.log(level, ...)
  end
end

--- The global `kong`.
function pdk.new()
  return {
    cache = cache.new(ngx.now, ngx.sleep),
    ctx = {
      plugin = request_table(function(ctx)
        return "plugin:" .. tostring(ctx.plugin_name)
      end),
      shared = request_table(function()
        return "shared"
      end),
    },
    log = { err = log_at(ngx.ERR), warn = log_at(ngx.WARN) },
    request = request,
    response = response,
    router = {
      get_service = function()
        return ngx.ctx.service
      end,
    },
    service = { request = service_request },
  }
end

return pdk
