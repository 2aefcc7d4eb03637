-- Kong's module of this name, over the libcrypto that nginx is linked with.
local ffi = require "ffi"

ffi.cdef "unsigned char *SHA256(const unsigned char *data, size_t length, unsigned char *digest);"

local digest = ffi.new "unsigned char[32]"

return {
  sha256_hex = function(text)
    ffi.C.SHA256(text, #text, digest)
    local hex = ffi.string(digest, 32):gsub(".", function(byte)
      return string.format("%02x", byte:byte())
    end)
    return hex
  end,
}
