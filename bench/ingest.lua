-- wrk's requests: leads of one company, each new. Arguments: key, run, items of a request, day.
local number = 0

function init(args)
  key, run, size, day = args[1], args[2], tonumber(args[3]), args[4]
  headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key }
  wanted = size == 1 and 201 or 200
  -- Batches come from as many senders, each of which connects anew.
  if size > 1 then headers["Connection"] = "close" end
end

local function lead()
  number = number + 1
  return string.format(
    '{"id":"%s-%d","received_at":"%sT12:00:00Z","utm_source":"google","utm_medium":"cpc",'
      .. '"utm_campaign":"ingest %d","landing_page":"https://www.example.com/offer?x=%d",'
      .. '"referrer":"https://www.google.com/","country":"DE","city":"Berlin",'
      .. '"name":"A Person","email":"p%d-%s@example.org"}',
    run, number, day, number % 40, number, number, run)
end

function request()
  if size == 1 then
    return wrk.format("POST", "/api/v1/leads", headers, lead())
  end
  local items = {}
  for n = 1, size do items[n] = lead() end
  local body = '{"items":[' .. table.concat(items, ",") .. ']}'
  return wrk.format("POST", "/api/v1/leads", headers, body)
end

function response(status, _, body)
  if status ~= wanted or (size > 1 and body:find("refused", 1, true)) then
    print("WRONG ANSWER " .. status .. " " .. body:sub(1, 300))
  end
end
