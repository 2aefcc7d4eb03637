-- Which targets of a request line (RFC 9112 section 3.2.1) have only one reading. The same rules as those of
-- gateway/src/routing/request-target.ts: Kong itself resolves dot segments and empty ones before it looks for a
-- route, so that /auth/%2e%2e/blog/x would reach blog.
local byte = string.byte
local char = string.char
local find = string.find
local gsub = string.gsub
local sub = string.sub
local upper = string.upper

local request_target = {}

local UTF8 = {
  "^[%z\1-\127]+()",
  "^[\194-\223][\128-\191]()",
  "^\224[\160-\191][\128-\191]()",
  "^[\225-\236\238\239][\128-\191][\128-\191]()",
  "^\237[\128-\159][\128-\191]()",
  "^\240[\144-\191][\128-\191][\128-\191]()",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]()",
  "^\244[\128-\143][\128-\191][\128-\191]()",
}

-- RFC 3629. An overlong "/" such as %C0%AF is none, whatever a lenient decoder makes of it.
local function is_utf8(text)
  local at = 1
  while at <= #text do
    local next_at
    for i = 1, #UTF8 do
      local _, _, found = find(text, UTF8[i], at)
      next_at = next_at or found
    end
    if not next_at then
      return false
    end
    at = next_at
  end
  return true
end

-- Escapes of unreserved characters are resolved, the others kept in upper case (RFC 3986 section 6.2.2).
local function resolve(hex)
  local character = char(tonumber(hex, 16))
  if find(character, "^[%w._~-]$") then
    return character
  end
  return "%" .. upper(hex)
end

-- A slash, escaped or not, becomes "/": what a service decodes must not be a dot segment either.
local function has_dot_segment(path)
  local segments = gsub(path, "%%2F", "/") .. "/"
  return find(segments, "/%.%.?[/;]") ~= nil
end

--- Whether two readers could understand a target differently: dot segments, empty segments, backslashes, control
-- characters, escapes that are none or not UTF-8, %2F in the first segment (further on it is data), "#", anything
-- but visible ASCII.
function request_target.is_ambiguous(target)
  if byte(target, 1) ~= 47 or find(target, "[^\33-\126]") or find(target, "#", 1, true) then
    return true
  end
  local path = sub(target, 1, (find(target, "?", 1, true) or #target + 1) - 1)
  if not find(path, "[%%\\]") and not find(path, "/[/.]") then
    return false
  end
  if find(gsub(path, "%%%x%x", ""), "%", 1, true) then
    return true
  end
  local normal = gsub(path, "%%(%x%x)", resolve)
  return find(normal, "\\", 1, true) ~= nil
    or find(normal, "%%[01]%x") ~= nil
    or find(normal, "%7F", 1, true) ~= nil
    or find(normal, "%5C", 1, true) ~= nil
    or find(normal, "//", 1, true) ~= nil
    or has_dot_segment(normal)
    or find(normal, "^/[^/]*%%2F") ~= nil
    or not is_utf8(gsub(normal, "%%(%x%x)", function(hex)
      return char(tonumber(hex, 16))
    end))
end

return request_target
