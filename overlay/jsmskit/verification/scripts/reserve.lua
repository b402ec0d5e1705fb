-- KEYS: tally, sequence, loss, then for each subject its names. ARGV[2] holds subjects and rules as JSON.
local limits = cjson.decode(ARGV[2])
local next_place = 4
for _, subject in ipairs(limits.subjects) do
  subject.first = next_place
  next_place = next_place + subject.names
end

local function count_after(subject, instant)
  local count = 0
  for place = subject.first, subject.first + subject.names - 1 do
    count = count + redis.call('ZCOUNT', KEYS[place], '(' .. text(instant), '+inf')
  end
  return count
end

-- The entry with this place after an instant, the oldest being 0.
local function entry_after(subject, instant, place)
  local instants = {}
  for each = subject.first, subject.first + subject.names - 1 do
    local found = redis.call(
      'ZRANGEBYSCORE', KEYS[each], '(' .. text(instant), '+inf', 'WITHSCORES', 'LIMIT', 0, place + 1)
    for score = 2, #found, 2 do
      instants[#instants + 1] = tonumber(found[score])
    end
  end
  table.sort(instants)
  return instants[place + 1]
end

local sequence = tonumber(redis.call('GET', KEYS[2]) or '0')
local loss = {}
if sequence < step.seen then
  -- This process has seen more than the store remembers: a restart without its file, or with an old one.
  sequence = step.seen
  redis.call('SET', KEYS[2], text(sequence))
  redis.call('HSET', KEYS[3], 'at', text(now))
  for name, used in pairs(step.last_used) do
    local known = tonumber(redis.call('HGET', KEYS[3], name) or '0')
    redis.call('HSET', KEYS[3], name, text(math.max(known, used)))
  end
  redis.call('PEXPIRE', KEYS[3], text(limits.loss_life))
end
local remembered = redis.call('HGETALL', KEYS[3])
for field = 1, #remembered, 2 do
  loss[remembered[field]] = tonumber(remembered[field + 1])
end

local number = limits.subjects[1]
local repeated = redis.call('ZSCORE', KEYS[number.first], step.reservation)
local used, refused, longest = {}, nil, 0
for place, rule in ipairs(limits.rules) do
  local subject = limits.subjects[rule.subject + 1]
  local count = count_after(subject, now - rule.window)
  local wait = 0
  if count >= rule.limit then
    wait = entry_after(subject, now - rule.window, count - rule.limit) + rule.window - now
  end
  if rule.is_budget and loss.at and now < loss.at + rule.window then
    -- Taken for spent (the shortest budget) or carried on from the highest count that a process has seen.
    count = count + (rule.is_shortest and rule.limit or loss[rule.name] or 0)
    if count >= rule.limit then
      wait = math.max(wait, loss.at + rule.window - now)
    end
  end
  used[place] = count
  if wait > longest then
    longest, refused = wait, place - 1
  end
end

local watched = count_after(number, now - limits.hour)
if refused and not repeated then
  tally(step.tally .. ':' .. limits.rules[refused + 1].name)
  return cjson.encode({
    now = now, sequence = sequence, used = used, watched = watched, refused = refused, wait = longest})
end
if not repeated then
  sequence = sequence + 1
  redis.call('SET', KEYS[2], text(sequence))
  watched = watched + 1
  for place = 1, #used do
    used[place] = used[place] + 1
  end
  for _, subject in ipairs(limits.subjects) do
    local key = KEYS[subject.first]
    redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - subject.keep))
    redis.call('ZADD', key, text(now), step.reservation)
    redis.call('PEXPIRE', key, text(subject.keep))
  end
end
return cjson.encode({now = now, sequence = sequence, used = used, watched = watched})
