-- KEYS: tally, then the names of the session.
local session = find_session(2)
local state = 'open'
if not session then
  state = 'not_started'
elseif session.used_by then
  state = 'used'
elseif now >= tonumber(session.expires) then
  state = 'expired'
elseif tonumber(session.attempts) >= step.max_attempts and session.last_attempt ~= step.attempt then
  state = 'too_many_attempts'
end
if state ~= 'open' then
  tally(step.tally .. ':' .. state)
  return cjson.encode({now = now, state = state})
end
local attempts = tonumber(session.attempts)
if session.last_attempt ~= step.attempt then
  attempts = redis.call('HINCRBY', session.key, 'attempts', 1)
  redis.call('HSET', session.key, 'last_attempt', step.attempt)
end
return cjson.encode({
  now = now, state = state, reservation = session.reservation, msg_id = session.msg_id, attempts = attempts})
