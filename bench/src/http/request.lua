-- wrk ... -s request.lua URL -- METHOD [BODY]: sends that request, and prints what came of it as the last line, in JSON.
function init(args)
  wrk.method = args[1]
  if args[2] then
    wrk.body = args[2]
    wrk.headers["Content-Type"] = "application/json"
  end
end

function done(summary, latency)
  local failed = summary.errors
  local figures = {
    requests = summary.requests,
    durationUs = summary.duration,
    p50Us = latency:percentile(50),
    p99Us = latency:percentile(99),
    errors = failed.connect + failed.read + failed.write + failed.status + failed.timeout,
  }
  local fields = {}
  for name, value in pairs(figures) do
    fields[#fields + 1] = string.format('"%s":%.0f', name, value)
  end
  print("{" .. table.concat(fields, ",") .. "}")
end
