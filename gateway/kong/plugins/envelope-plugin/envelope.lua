-- A failure in the shape of every answer here (packages/network/src/envelope.ts), whoever of Kong makes it.
local kong = kong
local fmt = string.format
local find = string.find

local REQUEST_ID = "X-Request-ID"
local MAX_REQUEST_ID_LENGTH = 128

local envelope = {
  REQUEST_ID = REQUEST_ID,
  CONTENT_TYPE = "application/json; charset=utf-8",
}

--- Whether a text can be the id of a request: it is written into logs and JSON as it is.
function envelope.is_request_id(text)
  return type(text) == "string" and #text <= MAX_REQUEST_ID_LENGTH and find(text, "^[%w_.-]+$") ~= nil
end

--- The id of the request: what correlation-id or the client has put into its header, else Kong's own.
function envelope.request_id()
  local id = kong.request.get_header(REQUEST_ID)
  return envelope.is_request_id(id) and id or kong.request.get_id()
end

--- The body. Messages are texts of these plugins: nothing in them needs escaping.
function envelope.encode(status, message, request_id)
  return fmt('{"code":"10001","status":%d,"message":"%s","requestId":"%s"}', status, message, request_id)
end

--- Answers with a body that needs no envelope any more, with the headers that each failure has.
function envelope.send(status, body, content_type, request_id)
  kong.ctx.shared.enveloped = true
  return kong.response.exit(status, body, {
    ["Content-Type"] = content_type,
    ["Cache-Control"] = "no-store",
    ["X-Content-Type-Options"] = "nosniff",
    ["Retry-After"] = (status == 429 or status == 503) and "1" or nil,
    [REQUEST_ID] = request_id,
  })
end

--- Ends the request with a failure.
function envelope.exit(status, message)
  local request_id = envelope.request_id()
  local body = envelope.encode(status, message, request_id)
  return envelope.send(status, body, envelope.CONTENT_TYPE, request_id)
end

return envelope
