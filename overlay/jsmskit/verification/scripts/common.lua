-- Read by every script. ARGV[1] is the step as JSON; `key` finds the full name of a key by its place in KEYS.
local step = cjson.decode(ARGV[1])
local now = step.now
if now == cjson.null then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

local function tally(name)
  redis.call('HINCRBY', KEYS[1], name, 1)
  redis.call('PEXPIRE', KEYS[1], text(step.tally_life))
end

-- The session under its newest name, or under that of an older pepper.
local function find_session(first)
  for place = first, first + step.names - 1 do
    local found = redis.call('HGETALL', KEYS[place])
    if #found > 0 then
      local session = {key = KEYS[place]}
      for field = 1, #found, 2 do
        session[found[field]] = found[field + 1]
      end
      -- By the clock of the step, which in tests is not that of the server.
      if now < tonumber(session.forget) then
        return session
      end
    end
  end
  return nil
end
